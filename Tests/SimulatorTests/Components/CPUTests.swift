import EventKernel
import Primitives
import Simulator
import Testing

@Suite("CPU")
struct CPUTests {
  /// A process and the millisecond at which its burst ended.
  private struct End: Equatable {
    var process: Int32
    var at: Double
    init(_ process: Int32, _ at: Double) {
      self.process = process
      self.at = at
    }
  }

  private static func cpu(cores: Int = 1, slice: Int64 = 3, wakeUp: Int64 = 0) -> CPU {
    CPU(
      id: 0, cores: cores, timeSlice: .milliseconds(slice), wakeUp: .milliseconds(wakeUp))
  }

  /// Plays everything; timers do what `timer` says.
  private static func play(
    _ cpu: inout CPU, _ calendar: inout Calendar,
    timer: (Int32, inout CPU, inout Calendar) -> Void = { _, _, _ in }
  ) -> [End] {
    var ends: [End] = []
    while let event = calendar.next() {
      switch event {
      case .burstEnded(_, let core):
        let process = cpu.burstEnded(core: core, at: calendar.now)
        ends.append(End(process, Double(calendar.now.nanoseconds) / 1e6))
        cpu.release(process, in: &calendar)
      case .sliceEnded: cpu.sliceEnded(in: &calendar)
      case .strategyTimer(let id): timer(id, &cpu, &calendar)
      default: break
      }
    }
    return ends
  }

  @Test("A process that wakes on an idle core starts after the wake-up delay")
  func wakeUp() {
    var calendar = Calendar()
    var cpu = Self.cpu(wakeUp: 2)
    cpu.submit(0, demand: .milliseconds(5), in: &calendar)
    #expect(Self.play(&cpu, &calendar) == [End(0, 7)])
    #expect(cpu.busy(at: calendar.now) == 5_000_000)
  }

  @Test("A process that wakes beside a busy one waits for the rest of its slice")
  func waitsForSlice() {
    var calendar = Calendar()
    var cpu = Self.cpu(slice: 3)
    cpu.submit(0, demand: .milliseconds(100), in: &calendar)
    calendar.schedule(.strategyTimer(id: 0), at: Instant(seconds: 0.0445))
    let ends = Self.play(&cpu, &calendar) { _, cpu, calendar in
      cpu.submit(1, demand: .milliseconds(1), in: &calendar)
    }
    // Slices end at multiples of 3 ms: the next one after 44.5 ms is 45 ms.
    #expect(ends == [End(1, 46), End(0, 101)])
    #expect(cpu.statistics.preemptions == 1)
  }

  @Test("Nobody waiting, a burst of many slices is one event")
  func oneEvent() {
    var calendar = Calendar()
    var cpu = Self.cpu(cores: 2, slice: 1)
    cpu.submit(0, demand: .milliseconds(500), in: &calendar)
    cpu.submit(1, demand: .milliseconds(700), in: &calendar)
    #expect(Self.play(&cpu, &calendar) == [End(0, 500), End(1, 700)])
    #expect(calendar.popped == 2)
  }

  @Test("The slice that ends first gives up its core, whichever core that is")
  func earliestSlice() {
    var calendar = Calendar()
    var cpu = Self.cpu(cores: 2, slice: 10)
    cpu.submit(0, demand: .milliseconds(100), in: &calendar)
    calendar.schedule(.strategyTimer(id: 1), at: Instant(seconds: 0.004))
    calendar.schedule(.strategyTimer(id: 2), at: Instant(seconds: 0.021))
    let ends = Self.play(&cpu, &calendar) { id, cpu, calendar in
      cpu.submit(id, demand: .milliseconds(id == 1 ? 100 : 1), in: &calendar)
    }
    // The second core's slices end at 4 + 10 k, the first one's at 10 k: 24 comes before 30.
    #expect(ends == [End(2, 25), End(0, 100), End(1, 105)])
  }

  @Test("A retargeted burst ends when its new remainder has been served")
  func retarget() {
    var calendar = Calendar()
    var cpu = Self.cpu(slice: 50)
    cpu.submit(0, demand: .milliseconds(20), in: &calendar)
    cpu.submit(1, demand: .milliseconds(20), in: &calendar)
    calendar.schedule(.strategyTimer(id: 0), at: Instant(seconds: 0.005))
    var received = TimeSpan.zero
    let ends = Self.play(&cpu, &calendar) { _, cpu, calendar in
      received = cpu.serviceReceived(0, at: calendar.now)
      cpu.retarget(0, remaining: .milliseconds(1), in: &calendar)
      cpu.retarget(1, remaining: .milliseconds(30), in: &calendar)
    }
    #expect(received == .milliseconds(5))
    #expect(ends == [End(0, 6), End(1, 36)])
  }

  @Test("A withdrawn burst frees its core for the next in line, or its place in the line")
  func withdraw() {
    var calendar = Calendar()
    var cpu = Self.cpu(slice: 50)
    for process in Int32(0)..<4 { cpu.submit(process, demand: .milliseconds(10), in: &calendar) }
    calendar.schedule(.strategyTimer(id: 0), at: Instant(seconds: 0.004))
    var received: [TimeSpan] = []
    let ends = Self.play(&cpu, &calendar) { _, cpu, calendar in
      received = [0, 2].map { cpu.withdraw($0, in: &calendar) }
    }
    #expect(received == [.milliseconds(4), .zero])
    #expect(ends == [End(1, 14), End(3, 24)])
    #expect(cpu.statistics.withdrawals == 2)
    #expect(cpu.busy(at: calendar.now) == 24_000_000)
  }

  @Test("Another burst of the process on the core goes on within its slice")
  func proceeds() {
    var calendar = Calendar()
    var cpu = Self.cpu(slice: 10, wakeUp: 1)
    cpu.submit(0, demand: .milliseconds(4), in: &calendar)
    cpu.submit(1, demand: .milliseconds(1), in: &calendar)
    var ends: [End] = []
    while let event = calendar.next() {
      switch event {
      case .burstEnded(_, let core):
        let process = cpu.burstEnded(core: core, at: calendar.now)
        ends.append(End(process, Double(calendar.now.nanoseconds) / 1e6))
        if ends.count < 4 && process == 0 {
          cpu.submit(0, demand: .milliseconds(4), in: &calendar)
        } else {
          cpu.release(process, in: &calendar)
        }
      case .sliceEnded: cpu.sliceEnded(in: &calendar)
      default: break
      }
    }
    // The slice ends at 11 ms, two milliseconds into the third burst, and only then the other runs.
    #expect(ends == [End(0, 5), End(0, 9), End(1, 12), End(0, 14)])
  }

  @Test("Whatever is submitted, changed and withdrawn, service received is service delivered")
  func conservation() {
    var stream = RandomStream(RandomKey(seed: 3, trial: 0, entity: 0, purpose: 0))
    var calendar = Calendar()
    var cpu = Self.cpu(cores: 3, slice: 2, wakeUp: 1)
    var present = [Bool](repeating: false, count: 12)
    var received = TimeSpan.zero
    for _ in 0..<5000 {
      calendar.schedule(
        .strategyTimer(id: Int32(stream.below(12))),
        at: Instant(seconds: stream.uniform() * 20))
    }
    while let event = calendar.next() {
      switch event {
      case .strategyTimer(let id) where !present[Int(id)]:
        present[Int(id)] = true
        cpu.submit(id, demand: TimeSpan(seconds: 0.02 * stream.uniform()), in: &calendar)
      case .strategyTimer(let id) where stream.below(2) == 0:
        cpu.retarget(id, remaining: TimeSpan(seconds: 0.01 * stream.uniform()), in: &calendar)
      case .strategyTimer(let id):
        present[Int(id)] = false
        received += cpu.withdraw(id, in: &calendar)
      case .burstEnded(_, let core):
        let id = cpu.burstEnded(core: core, at: calendar.now)
        present[Int(id)] = false
        received += cpu.serviceReceived(id, at: calendar.now)
        cpu.release(id, in: &calendar)
      case .sliceEnded: cpu.sliceEnded(in: &calendar)
      default: break
      }
      #expect(cpu.statistics.present.value == present.count { $0 })
    }
    #expect(received.nanoseconds == cpu.busy(at: calendar.now))
    #expect(cpu.statistics.waiting.value == 0)
    #expect(cpu.statistics.preemptions > 100)
    let statistics = cpu.statistics
    #expect(statistics.arrivals == statistics.completions + statistics.withdrawals)
  }
}
