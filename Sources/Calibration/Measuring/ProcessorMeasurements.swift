import Glibc
import LiveDriver
import Synchronization

/// How this host shares its cores: how long a process that is sent something takes to run, on idle cores
/// and beside busy ones, how long busy processes keep a core from each other, and how much several
/// busy cores do beside one.
enum ProcessorMeasurements {
  static var cores: Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }

  /// Seconds from one thread's sending a byte to another's having it, while `busy` threads compute: what a
  /// server process that waits for a statement takes to run.
  ///
  /// One to three milliseconds pass between two bytes, so that idle cores are asleep.
  static func wakeUps(busy: Int, count: Int) -> [Double] {
    var ends: [Int32] = [0, 0]
    guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0 else { return [] }
    let (sending, receiving) = (ends[0], ends[1])
    defer { ends.forEach { close($0) } }
    let crowd = Crowd(busy)
    defer { crowd.stop() }
    let delays = Delays()
    let reader = WorkingThread {
      var sent = 0.0
      for _ in 0..<count {
        guard read(receiving, &sent, MemoryLayout<Double>.size) > 0 else { return }
        delays.values.append(monotonicSeconds() - sent)
      }
    }
    let writer = WorkingThread {
      for number in 0..<count {
        usleep(UInt32(1_000 + number * 619 % 2_000))
        var now = monotonicSeconds()
        write(sending, &now, MemoryLayout<Double>.size)
      }
    }
    writer.join()
    reader.join()
    return delays.values
  }

  /// Work a second of one thread alone, and of one thread a core together.
  static func rates(seconds: Double) -> Measured.Reading {
    let one = Crowd(1).rate(seconds: seconds)
    let all = Crowd(cores).rate(seconds: seconds)
    return ["one": one, "all": all, "cores": Double(cores)]
  }

  /// Seconds for which one of two busy threads on the same core keeps it from the other, by the
  /// scheduler's own count; nil where it does not count, or a thread cannot be bound to a core.
  static func slice(seconds: Double) -> Double? {
    let crowd = Crowd(2, onOneCore: true)
    usleep(UInt32(seconds * 1e6))
    crowd.stop()
    let (running, slices) = crowd.turns
    return slices > 2 ? running / slices : nil
  }

  private final class Delays: @unchecked Sendable { var values: [Double] = [] }
}

/// Threads that compute until they are stopped.
private final class Crowd {
  /// What the threads share: none of it changes while they compute, or they would take each other's
  /// cache lines.
  private final class Shared: Sendable {
    let isOver = Atomic(false)
    let rounds = Atomic(0)
    let turns = Mutex((running: 0.0, slices: 0.0))
  }

  private let shared = Shared()
  private var threads: [WorkingThread] = []

  init(_ count: Int, onOneCore: Bool = false) {
    threads = (0..<count).map { [shared] index in
      WorkingThread {
        let isBound = onOneCore && WorkingThread.bindToFirstCore()
        let start = ProcessorTime.ofThisThreadsTurns()
        var (own, x) = (0, UInt64(index))
        while !shared.isOver.load(ordering: .relaxed) {
          x = Self.round(x)
          own += 1
        }
        // The result is used, so that the work is done.
        shared.rounds.wrappingAdd(own + (x == 0 ? 1 : 0), ordering: .relaxed)
        guard isBound, let start, let end = ProcessorTime.ofThisThreadsTurns() else { return }
        shared.turns.withLock {
          $0.running += end.running - start.running
          $0.slices += end.turns - start.turns
        }
      }
    }
  }

  /// A few thousand dependent multiplications, some microseconds.
  @inline(never) private static func round(_ start: UInt64) -> UInt64 {
    var x = start
    for i in 0..<4_000 as Range<UInt64> { x = x &* 6_364_136_223_846_793_005 &+ i }
    return x
  }

  var turns: (running: Double, slices: Double) { shared.turns.withLock { $0 } }

  func stop() {
    shared.isOver.store(true, ordering: .relaxed)
    threads.forEach { $0.join() }
    threads = []
  }

  func rate(seconds: Double) -> Double {
    let start = monotonicSeconds()
    usleep(UInt32(seconds * 1e6))
    stop()
    return Double(shared.rounds.load(ordering: .relaxed)) / (monotonicSeconds() - start)
  }
}
