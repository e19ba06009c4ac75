import CPostgres
import Glibc
import Primitives
import Synchronization

/// Several places of one pool on one thread, which waits for all their answers and moments together.
///
/// Beside a busy server a thread for each connection is woken once an answer, where one for all finds
/// several at a time.
final class TrafficLoop {
  /// What others tell the loop.
  private enum Message: Sendable {
    case connected(place: Int, Result<Connection, ServerError>)
    case cancelled(place: Int)
    case stop
  }

  private struct Place {
    var worker: TrafficWorker
    var wait: TrafficWorker.Wait
  }

  private var places: [Place]
  private let clock: LiveClock
  private let mail = LoopMail<Message>()
  private let (connector, canceller) = (Errands(), Errands())
  private var descriptors: [pollfd] = []
  /// The places that wait for the descriptors after the first.
  private var watched: [Int] = []
  /// When whatever still runs after the end is cancelled.
  private var lastCall: Instant?

  /// What has not ended by itself within it waits for somebody.
  private static let patience = TimeSpan.milliseconds(500)

  init(_ pool: TrafficPool, _ sessions: [TrafficSession]) {
    clock = pool.clock
    places = sessions.map {
      Place(worker: TrafficWorker(pool: pool, session: $0), wait: .over)
    }
  }

  /// The pool has stopped; any thread may say so.
  func stop() { mail.put(.stop) }

  /// Works until the pool stops; returns what was seen.
  func work() -> [TrafficLog] {
    for place in places.indices { note(place, places[place].worker.begin()) }
    while let next = prepareWait() {
      let left = next == .distantFuture ? nil : next - clock.now
      _ = cpostgres_await(
        &descriptors, nfds_t(descriptors.count), left.map { max(0, $0.nanoseconds) } ?? -1)
      if descriptors[0].revents != 0 { for message in mail.take() { handle(message) } }
      for (place, descriptor) in zip(watched, descriptors.dropFirst())
      where descriptor.revents != 0 {
        note(place, places[place].worker.answered())
      }
      wakeWhoIsDue()
    }
    connector.close()
    canceller.close()
    return places.map(\.worker.seen)
  }

  /// Lists what is waited for; returns the first moment, or nil once all is over.
  private func prepareWait() -> Instant? {
    descriptors.removeAll(keepingCapacity: true)
    watched.removeAll(keepingCapacity: true)
    descriptors.append(pollfd(fd: mail.descriptor, events: Int16(POLLIN), revents: 0))
    var first = lastCall ?? .distantFuture
    var isOver = true
    for place in places.indices {
      switch places[place].wait {
      case .over: continue
      case .moment(let instant): first = min(first, instant)
      case .answer(let socket, let moment):
        descriptors.append(pollfd(fd: socket, events: Int16(POLLIN), revents: 0))
        watched.append(place)
        first = min(first, moment ?? .distantFuture)
      case .errand: break
      }
      isOver = false
    }
    return isOver ? nil : first
  }

  private func wakeWhoIsDue() {
    let now = clock.now
    for place in places.indices {
      switch places[place].wait {
      case .moment(let instant) where instant <= now,
        .answer(_, .some(let instant)) where instant <= now:
        note(place, places[place].worker.momentCame())
      case .moment, .answer, .errand, .over: break
      }
    }
    guard let lastCall, lastCall <= now else { return }
    self.lastCall = now + Self.patience
    for place in places where place.worker.isRunning {
      guard let cancel = place.worker.session.canceller else { continue }
      canceller.add { cancel() }
    }
  }

  private func note(_ place: Int, _ wait: TrafficWorker.Wait) {
    places[place].wait = wait
    guard case .errand(let errand) = wait else { return }
    let mail = mail
    switch errand {
    case .connect(let server, let statements):
      connector.add {
        let outcome = Result { () throws(ServerError) in
          try TrafficSession.connect(server, statements)
        }
        mail.put(.connected(place: place, outcome))
      }
    case .cancel(let cancel):
      canceller.add {
        cancel()
        mail.put(.cancelled(place: place))
      }
    }
  }

  private func handle(_ message: Message) {
    switch message {
    case .connected(let place, let outcome):
      note(place, places[place].worker.connected(outcome))
    case .cancelled(let place): note(place, places[place].worker.cancelled())
    case .stop:
      lastCall = clock.now + Self.patience
      // Whoever waits for a request's moment need not any more.
      for place in places.indices where !places[place].worker.isRunning {
        note(place, places[place].worker.momentCame())
      }
    }
  }
}

/// Messages to a thread that waits for descriptors.
private final class LoopMail<Message: Sendable>: Sendable {
  /// Readable while there are messages.
  let descriptor: Int32
  private let writeEnd: Int32
  private let messages = Mutex<[Message]>([])

  init() {
    var ends: [Int32] = [0, 0]
    precondition(pipe(&ends) == 0, "the system opens no more files (error \(errno))")
    for end in ends {
      _ = fcntl(end, F_SETFD, FD_CLOEXEC)
      _ = fcntl(end, F_SETFL, O_NONBLOCK)
    }
    (descriptor, writeEnd) = (ends[0], ends[1])
  }

  deinit {
    close(descriptor)
    close(writeEnd)
  }

  func put(_ message: Message) {
    messages.withLock { $0.append(message) }
    // A pipe that is full is readable, which is all that is wanted.
    _ = write(writeEnd, [1], 1)
  }

  func take() -> [Message] {
    var bytes = [UInt8](repeating: 0, count: 256)
    while read(descriptor, &bytes, bytes.count) == bytes.count {}
    return messages.withLock { messages in
      defer { messages = [] }
      return messages
    }
  }
}

/// A thread that does what blocks, first come first served.
private final class Errands {
  private let mailbox = Mailbox<@Sendable () -> Void>()
  private let thread: WorkingThread

  init() {
    let mailbox = mailbox
    thread = WorkingThread { while let errand = mailbox.take() { errand() } }
  }

  func add(_ errand: @escaping @Sendable () -> Void) { mailbox.put(errand) }

  /// Once only; what was added is done.
  func close() {
    mailbox.close()
    thread.join()
  }
}
