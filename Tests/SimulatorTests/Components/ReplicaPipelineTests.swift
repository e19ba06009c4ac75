import EventKernel
import Primitives
import Simulator
import Testing

@Suite("Replica pipeline")
struct ReplicaPipelineTests {
  /// A replica whose device answers at once and whose replay runs by itself.
  private struct World: ~Copyable {
    var calendar = Calendar()
    var device: StorageDevice
    var replica: ReplicaPipeline
    var steps: [ReplayStep] = []
    /// What an arrival appends.
    var arriving = LogContent()

    init(
      bandwidth: Double = .infinity, roundTrip: TimeSpan = .zero,
      _ change: (inout ReplicaPipeline.Settings) -> Void = { _ in }
    ) {
      let none = Latency(mean: .zero)
      device = StorageDevice(
        id: 0,
        limits: .init(
          iops: .infinity, throughput: .infinity, readLatency: none, writeLatency: none),
        randomness: RandomKey(seed: 1, trial: 0, entity: 0, purpose: 0))
      var settings = ReplicaPipeline.Settings(
        bandwidth: bandwidth, roundTrip: roundTrip, flush: .zero)
      change(&settings)
      replica = ReplicaPipeline(id: 0, owner: -2, settings: settings)
    }

    mutating func append(
      _ bytes: Int64, replay: TimeSpan = .zero, reads: Double = 0, commit: Instant? = nil
    ) {
      replica.append(
        LogContent(bytes: bytes, replay: replay, reads: reads, commits: 1, newestCommit: commit),
        in: &calendar)
    }

    mutating func play(until seconds: Double = 1e6) {
      while let time = calendar.nextTime, time.seconds <= seconds, let event = calendar.next() {
        switch event {
        case .linkFreed: replica.linkFreed(in: &calendar)
        case .logReceived: replica.received(into: &device, in: &calendar)
        case .roundEnded(_, let request):
          _ = device.roundEnded(request: request, in: &calendar)
          replica.flushEnded(into: &device, in: &calendar)
          ask()
        case .replayDue: ask()
        case .arrival: replica.append(arriving, in: &calendar)
        case .resume:
          replica.quantumEnded(in: &calendar)
          ask()
        default: break
        }
      }
    }

    mutating func ask() {
      let step = replica.nextQuantum(in: &calendar)
      if case .work(_, let time) = step {
        calendar.schedule(.resume(process: 0), at: calendar.now + time)
      }
      if step != .none { steps.append(step) }
    }
  }

  @Test("Log takes bytes over bandwidth and half a round trip, in pieces that arrive one by one")
  func network() {
    var world = World(bandwidth: 100e6, roundTrip: .milliseconds(10))
    world.append(1_000_000)
    world.play(until: 0.00501)
    #expect(world.replica.positions.received == 0)
    world.play(until: 0.0071)
    // 2 ms of the network's time are one message of 200 kB.
    #expect(world.replica.positions.received == 200_000)
    world.play()
    #expect(world.replica.positions.received == 1_000_000)
    #expect(abs(world.calendar.now.seconds - 0.015) < 1e-6)
    #expect(world.replica.statistics.messages == 5)
  }

  @Test("Long work is replayed in pieces of a quantum, with every page read and every nanosecond")
  func quanta() {
    var world = World { $0.quantum = .milliseconds(5) }
    world.append(1000, replay: .milliseconds(18), reads: 10.5)
    world.append(1000, replay: .milliseconds(1), reads: 0.5)
    world.play()
    var reads = 0
    var time = TimeSpan.zero
    for case .work(let some, let cpu) in world.steps {
      reads += some
      time += cpu
      #expect(cpu <= .milliseconds(5))
    }
    #expect(world.steps.count == 4)
    #expect(reads == 11)
    #expect(time == .milliseconds(19))
    #expect(world.replica.positions.replayed == 2000)
    #expect(world.replica.lag(at: world.calendar.now) == .zero)
  }

  @Test("A message comes in as many parts as the server would send, 128 KiB at most")
  func parts() {
    // 2 ms of the network's time are 2 MB: one message each.
    for (bytes, parts) in [(1, 1), (128 << 10, 1), ((128 << 10) + 1, 2), (300_000, 3)] {
      var world = World(bandwidth: 1e9, roundTrip: .milliseconds(10))
      world.append(Int64(bytes))
      #expect(world.replica.partsOfNextMessage == parts)
    }
  }

  @Test("A flush ends where a log file does, whatever has been received")
  func flushes() {
    for (bytes, flushes) in [(15, 1), (16, 1), (17, 2), (100, 7)] {
      var world = World { $0.messageTime = .seconds(1) }
      world.append(Int64(bytes) << 20)
      world.play()
      #expect(world.replica.statistics.flushes == flushes)
      #expect(world.replica.positions.replayed == Int64(bytes) << 20)
    }
  }

  @Test("A commit is replayed no earlier than the apply delay after it")
  func applyDelay() {
    var world = World { $0.applyDelay = .seconds(2) }
    world.append(100, commit: .zero)
    world.play()
    #expect(world.calendar.now == Instant(seconds: 2))
    #expect(world.replica.statistics.longestLag == .seconds(2))
  }

  @Test("The grace period runs from receipt: what lags behind already cancels at once")
  func graceFromReceipt() {
    var world = World { $0.streamingDelay = .seconds(30) }
    world.replica.setOldestSnapshot(5)
    world.append(100, replay: .seconds(40))
    world.replica.append(
      LogContent(bytes: 100, conflictHorizon: 7), in: &world.calendar)
    world.play(until: 39)
    #expect(world.replica.statistics.cancellations == 0)
    world.play(until: 40.5)
    #expect(world.steps.last == .cancelQueries(horizon: 7))
    #expect(world.replica.conflictPaused(at: world.calendar.now) < .seconds(1))
  }

  @Test("A conflict ends when the query does, before the grace period is over")
  func conflictEnds() {
    var world = World()
    world.replica.setOldestSnapshot(7)
    world.replica.append(LogContent(bytes: 100, conflictHorizon: 7), in: &world.calendar)
    world.calendar.schedule(.strategyTimer(id: 0), at: Instant(seconds: 12))
    world.play(until: 12)
    world.replica.setOldestSnapshot(8)
    world.ask()
    world.play()
    #expect(world.replica.statistics.conflictPaused == .seconds(12))
    #expect(world.replica.statistics.cancellations == 0)
    #expect(world.replica.positions.replayed == 100)
  }

  @Test("An entry shared by many flushes keeps the lag to a thousandth and the bytes exactly")
  func sharedEntries() {
    var world = World()
    world.replica.disconnect()
    for index in 0..<100_000 {
      world.calendar.schedule(.arrival(class: 0), at: Instant(seconds: Double(index) * 1e-3))
    }
    world.arriving = LogContent(bytes: 10, replay: .microseconds(10))
    world.play()
    #expect(world.replica.unapplied == 1_000_000)
    #expect(abs(world.replica.lag(at: world.calendar.now).seconds - 99.999) < 1e-9)
    world.replica.reconnect(in: &world.calendar)
    world.play(until: 100.5)
    // Half of it replays in half a second: what the primary passed at 50 s.
    #expect(abs(world.replica.lag(at: world.calendar.now).seconds - 50.5) < 0.11)
    world.play()
    #expect(world.replica.positions.replayed == 1_000_000)
  }

  @Test("A stretch passed over leaves the same backlog and lag as if it had been played")
  func skipping() {
    var played = World()
    var skipped = World()
    // 2 MB a second against replay of 1 MB a second.
    for index in 0..<1000 {
      played.calendar.schedule(.arrival(class: 0), at: Instant(seconds: Double(index) * 0.01))
    }
    for index in 0..<100 {
      skipped.calendar.schedule(.arrival(class: 0), at: Instant(seconds: Double(index) * 0.01))
    }
    played.arriving = LogContent(bytes: 20_000, replay: .milliseconds(20))
    skipped.arriving = played.arriving
    played.play(until: 9.999)
    skipped.play(until: 0.999)
    skipped.replica.skip(
      .seconds(9), appended: LogContent(bytes: 18_000_000, replay: .seconds(18)),
      replayed: 9_000_000, at: skipped.calendar.now)
    let lag = played.replica.lag(at: played.calendar.now).seconds
    #expect(abs(lag - 5) < 0.05)
    #expect(abs(skipped.replica.lag(at: skipped.calendar.now).seconds - lag) < 0.1)
    #expect(abs(skipped.replica.unapplied - played.replica.unapplied) < 40_000)
    skipped.play()
    #expect(skipped.replica.positions.replayed == 20_000_000)
  }
}
