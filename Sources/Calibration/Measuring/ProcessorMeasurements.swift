import Glibc
import LiveDriver
import Synchronization

/// How this host shares its cores: what a process that wakes has to wait for, idle and beside busy
/// cores, and how much several busy cores do beside one.
enum ProcessorMeasurements {
  static var cores: Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }

  /// Delays of sleeps of one millisecond beyond their time: `busy` threads compute meanwhile.
  static func wakeUps(busy: Int, count: Int) -> [Double] {
    let spinners = Spinners(busy)
    defer { spinners.stop() }
    let delays = Delays()
    let sleeper = WorkingThread {
      var next = monotonicSeconds()
      for _ in 0..<count {
        next = max(next, monotonicSeconds()) + 0.001
        var time = timespec(tv_sec: Int(next), tv_nsec: Int((next - next.rounded(.down)) * 1e9))
        while clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, nil) == EINTR {}
        delays.values.append(monotonicSeconds() - next)
        // Long enough to be a process that does something, short enough to be let in first.
        _ = spin(seconds: 20e-6)
      }
    }
    sleeper.join()
    return delays.values
  }

  /// Work a second of one thread alone, and of one thread a core together.
  static func rates(seconds: Double) -> Measured.Reading {
    let one = Spinners(1).rate(seconds: seconds)
    let all = Spinners(cores).rate(seconds: seconds)
    return ["one": one, "all": all, "cores": Double(cores)]
  }

  private final class Delays: @unchecked Sendable { var values: [Double] = [] }

  /// Rounds of arithmetic done in that time.
  @discardableResult
  private static func spin(seconds: Double) -> Int {
    let end = monotonicSeconds() + seconds
    var rounds = 0
    while monotonicSeconds() < end { rounds += round() }
    return rounds
  }

  /// One round: a few hundred dependent multiplications, so that the clock is read seldom.
  @inline(never) private static func round() -> Int {
    var x: UInt64 = 1
    for i in 0..<400 { x = x &* 6_364_136_223_846_793_005 &+ UInt64(i) }
    return x == 0 ? 0 : 1
  }

  private final class Spinners: Sendable {
    private let isOver = Atomic(false)
    private let rounds = Atomic(0)
    private let threads: Mutex<[WorkingThread]> = Mutex([])

    init(_ count: Int) {
      let threads = (0..<count).map { _ in
        WorkingThread { [unowned self] in
          var own = 0
          while !self.isOver.load(ordering: .relaxed) {
            for _ in 0..<16 { own += ProcessorMeasurements.round() }
          }
          self.rounds.wrappingAdd(own, ordering: .relaxed)
        }
      }
      self.threads.withLock { $0 = threads }
    }

    func stop() {
      isOver.store(true, ordering: .relaxed)
      threads.withLock { list in
        list.forEach { $0.join() }
        list = []
      }
    }

    func rate(seconds: Double) -> Double {
      let start = monotonicSeconds()
      usleep(UInt32(seconds * 1e6))
      stop()
      return Double(rounds.load(ordering: .relaxed)) / (monotonicSeconds() - start)
    }
  }
}
