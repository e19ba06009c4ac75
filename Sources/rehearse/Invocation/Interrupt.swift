import Glibc
import Synchronization

/// The signal that asked the process to stop, or 0.
private let requested = Atomic<Int32>(0)

/// The first Ctrl-C, or SIGTERM, asks a run to stop and keep what it has; the second one kills.
enum Interrupt {
  /// Takes the two signals over from here on.
  static func listen() {
    // The handler may only touch what exists already: a first use would take a lock.
    requested.store(0, ordering: .sequentiallyConsistent)
    // A parent that starts us from a thread which blocks signals hands that mask down.
    var wanted = sigset_t()
    sigemptyset(&wanted)
    for number in [SIGINT, SIGTERM] {
      sigaddset(&wanted, number)
      signal(number) { number in
        requested.store(number, ordering: .sequentiallyConsistent)
        signal(SIGINT, SIG_DFL)
        signal(SIGTERM, SIG_DFL)
      }
    }
    pthread_sigmask(SIG_UNBLOCK, &wanted, nil)
  }

  static var isRequested: Bool { requested.load(ordering: .relaxed) != 0 }

  static var status: ExitStatus? {
    switch requested.load(ordering: .sequentiallyConsistent) {
    case 0: nil
    case SIGTERM: .terminated
    default: .interrupted
    }
  }
}
