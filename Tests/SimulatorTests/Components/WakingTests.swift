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
    for process in 0..<Int32(busy) { cpu.submit(process, demand: .seconds(1_000_000), in: &calendar) }
    let (demand, count, late) = (TimeSpan.microseconds(10), 4_000, Int32(100))
    // The time between two is no multiple of the slice.
    for number in 1...count {
      calendar.schedule(.strategyTimer(id: late), at: Instant(seconds: Double(number) * 0.01371))
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
    var ends: [Int32: Double] = [:]
    while let event = calendar.next() {
      switch event {
      case .strategyTimer: cpu.submit(1, demand: .milliseconds(1), in: &calendar)
      case .burstEnded(_, let core):
        let process = cpu.burstEnded(core: core, at: calendar.now)
        ends[process] = calendar.now.seconds
        cpu.release(process, in: &calendar)
      case .sliceEnded: cpu.sliceEnded(in: &calendar)
      default: break
      }
    }
    #expect(ends == [1: 0.0455, 0: 0.101])
    #expect(cpu.busy(at: calendar.now) == 101_000_000)
  }

  @Test("Beside busy cores the others wait for the first of their slices to end", arguments: [1, 2, 3])
  func preemption(cores: Int) {
    let found = Self.delays(cores: cores, busy: cores, Waking(preemption: 0.7))
    // The least of so many uniform times.
    #expect(abs(found.mean - 0.3 / Double(cores + 1)) < 4 * found.error, "\(found)")
  }

  @Test("Beside an idle core some wait for part of a slice, fewer where more are idle")
  func misplacement() {
    let waking = Waking(misplacement: 0.4)
    for (cores, busy, wakes, share) in [(2, 1, 1, 0.4), (2, 1, 2, 0.64), (3, 1, 1, 0.2), (3, 2, 1, 0.4)] {
      let found = Self.delays(cores: cores, busy: busy, waking, wakes: wakes)
      #expect(abs(found.mean - share / 2) < 4 * found.error, "\(cores), \(busy), \(wakes): \(found)")
    }
    #expect(Self.delays(cores: 2, busy: 0, waking).mean == 0)
  }
}
