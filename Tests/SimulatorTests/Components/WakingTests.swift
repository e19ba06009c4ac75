import EventKernel
import Primitives
import Simulator
import Testing

@Suite("Who wakes on a CPU")
struct WakingTests {
  private static let slice = TimeSpan.milliseconds(4)

  /// Mean delay in slices, and its standard error, of short bursts that each wake alone beside `busy` processes
  /// that compute all the time.
  private static func delays(
    cores: Int, busy: Int, _ waking: Waking, wakes: Int = 1
  ) -> (mean: Double, error: Double) {
    var calendar = Calendar()
    var cpu = CPU(
      id: 0, cores: cores, timeSlice: slice, wakeUp: .zero, waking: waking,
      randomness: RandomKey(seed: 3, trial: 0, entity: 0, purpose: 0))
    for process in 0..<Int32(busy) {
      cpu.submit(process, demand: .seconds(1_000_000), in: &calendar)
    }
    let (demand, count, late) = (TimeSpan.microseconds(10), 4_000, Int32(100))
    let gaps = RandomKey(seed: 4, trial: 0, entity: 0, purpose: 0)
    var arrival = 0.0
    for number in 0..<UInt64(count) {
      arrival += 0.01 + 0.04 * gaps.uniform(number)
      calendar.schedule(.strategyTimer(id: late), at: Instant(seconds: arrival))
    }
    var (began, waits) = (Instant.zero, [Double]())
    while waits.count < count, let event = calendar.next() {
      switch event {
      case .strategyTimer(let process):
        began = calendar.now
        cpu.submit(process, demand: demand, wakes: wakes, in: &calendar)
      case .burstEnded(_, let core):
        let process = cpu.burstEnded(core: core, at: calendar.now)
        cpu.release(process, in: &calendar)
        if process == late {
          waits.append((calendar.now - began - demand).seconds / slice.seconds)
        }
      case .sliceEnded: cpu.sliceEnded(in: &calendar)
      default: break
      }
    }
    let mean = waits.reduce(0, +) / Double(count)
    let squares = waits.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    return (mean, (squares / Double(count * (count - 1))).squareRoot())
  }

  @Test("Who is let in at once takes the core, and the one that had it gets its whole service")
  func takes() {
    var calendar = Calendar()
    var cpu = CPU(
      id: 0, cores: 1, timeSlice: .milliseconds(3), wakeUp: .zero, waking: Waking(preemption: 1))
    cpu.submit(0, demand: .milliseconds(100), in: &calendar)
    calendar.schedule(.strategyTimer(id: 1), at: Instant(seconds: 0.0445))
    var ends: [Int32: Instant] = [:]
    while let event = calendar.next() {
      switch event {
      case .strategyTimer: cpu.submit(1, demand: .milliseconds(1), in: &calendar)
      case .burstEnded(_, let core):
        let process = cpu.burstEnded(core: core, at: calendar.now)
        ends[process] = calendar.now
        cpu.release(process, in: &calendar)
      case .sliceEnded: cpu.sliceEnded(in: &calendar)
      default: break
      }
    }
    #expect(ends == [1: Instant(seconds: 0.0455), 0: Instant(seconds: 0.101)])
    #expect(cpu.busy(at: calendar.now) == 101_000_000)
  }

  @Test(
    "Beside busy cores the others wait for the first of their slices to end", arguments: [1, 2, 3])
  func preemption(cores: Int) {
    let found = Self.delays(cores: cores, busy: cores, Waking(preemption: 0.7))
    // The least of so many uniform times.
    #expect(abs(found.mean - 0.3 / Double(cores + 1)) < 4 * found.error, "\(found)")
  }

  @Test("After a flush some wait for part of a slice, in proportion to the busy cores")
  func afterFlush() {
    var calendar = Calendar()
    var cpu = CPU(
      id: 0, cores: 4, timeSlice: Self.slice, wakeUp: .zero, waking: Waking(lateAfterFlush: 0.4))
    func mean() -> Double {
      let names = 0..<UInt64(20_000)
      return names.reduce(0) { $0 + cpu.delay(afterFlush: $1, at: calendar.now).seconds }
        / Double(names.count) / Self.slice.seconds
    }
    #expect(mean() == 0)
    for process in 0..<Int32(2) { cpu.submit(process, demand: .seconds(10), in: &calendar) }
    #expect(abs(mean() - 0.4 / 2 / 2) < 0.004)
    // Who is about to sleep leaves its core to others.
    cpu.submit(2, demand: .microseconds(1), in: &calendar)
    cpu.submit(3, demand: .microseconds(1), in: &calendar)
    #expect(abs(mean() - 0.4 / 2) < 0.008)
  }

  @Test("Beside an idle core some wait for part of a slice, fewer where more are idle")
  func misplacement() {
    let waking = Waking(misplacement: 0.4)
    for (cores, busy, wakes, share) in [
      (2, 1, 1, 0.4), (2, 1, 2, 0.64), (3, 1, 1, 0.2), (3, 2, 1, 0.4),
    ] {
      let found = Self.delays(cores: cores, busy: busy, waking, wakes: wakes)
      #expect(
        abs(found.mean - share / 2) < 4 * found.error, "\(cores), \(busy), \(wakes): \(found)")
    }
    #expect(Self.delays(cores: 2, busy: 0, waking).mean == 0)
  }
}
