import EventKernel
import Primitives
import Simulator

/// Log at given rates, shipped to one replica that replays on a core of its own.
struct ReplicaExperiment: ~Copyable {
  struct Outcome {
    /// Lag in seconds at each reading, and bytes behind at the second one.
    var readings: [Double] = []
    var behind = 0.0
    var longestLag = 0.0
    var longestLagAt = 0.0
    /// When the replica had caught up after having been furthest behind.
    var drained = 0.0
    var paused = 0.0
    var cancelled = 0.0
    var unaccounted = 0.0

    var fluidResult: [Double] {
      [
        readings[0], readings[1], longestLag, longestLagAt, readings[2], readings[3], drained,
        behind, unaccounted,
      ]
    }
    var conflictResult: [Double] { [longestLag, drained, paused, cancelled] }
  }

  private static let step = 0.01

  private var calendar = Calendar()
  private var device: StorageDevice
  private var cpu = CPU(id: 0, cores: 1, timeSlice: .forever, wakeUp: .zero)
  private var replica: ReplicaPipeline
  private var ready = ReadyLine()
  private let replayPerByte: Double
  private let run: OracleRun
  private var written: Double = 0
  /// What is appended at each step, first step first.
  private var steps: [LogContent] = []
  private var asks = 0

  /// `replayPerByte` is in seconds, `roundTrip` and `flush` are in milliseconds.
  init(
    replayPerByte: Double, _ run: OracleRun, roundTrip: Double = 0, flush: Double = 0
  ) {
    self.replayPerByte = replayPerByte * run.mutation.serviceFactor
    self.run = run
    let none = Latency(mean: .zero)
    let write = Latency(mean: TimeSpan(seconds: max(0, flush - 0.5) * 1e-3))
    device = StorageDevice(
      id: 0,
      limits: StorageDevice.Limits(
        iops: .infinity, throughput: .infinity, readLatency: none, writeLatency: write),
      randomness: RandomKey(seed: run.seed, trial: 0, entity: 0, purpose: 9))
    replica = ReplicaPipeline(
      id: 0, owner: -2,
      settings: ReplicaPipeline.Settings(
        bandwidth: .infinity, roundTrip: TimeSpan(seconds: roundTrip * 1e-3),
        flush: TimeSpan(seconds: min(flush, 0.5) * 1e-3)))
  }

  /// Adds load at `rate` bytes a second until `end`, after what was added before.
  mutating func write(rate: Double, until end: Double, conflictAt: Double? = nil) {
    let count = Int((end / Self.step).rounded()) - steps.count
    let bytes = rate * Self.step
    for _ in 0..<count {
      var content = LogContent(
        bytes: Int64(bytes), replay: TimeSpan(seconds: bytes * replayPerByte))
      if let conflictAt, steps.count == Int((conflictAt / Self.step).rounded()) {
        content.conflictHorizon = 7
      }
      steps.append(content)
    }
  }

  mutating func disconnect(from start: Double, to end: Double) {
    calendar.schedule(.strategyTimer(id: -1), at: Instant(seconds: start))
    calendar.schedule(.strategyTimer(id: -2), at: Instant(seconds: end))
  }

  mutating func play(
    readings: [Double], until end: Double, _ result: (Outcome) -> [Double]
  ) -> [Double] {
    var outcome = Outcome()
    replica.setOldestSnapshot(5)
    for (index, reading) in readings.enumerated() {
      calendar.schedule(.strategyTimer(id: Int32(index)), at: Instant(seconds: reading))
    }
    calendar.schedule(.arrival(class: 0), at: .zero)
    var next = 0
    while let event = calendar.next(), calendar.now.seconds < end {
      switch event {
      case .arrival:
        replica.append(steps[next], in: &calendar)
        next += 1
        let due = Instant(seconds: Double(next) * Self.step)
        if next < steps.count { calendar.schedule(.arrival(class: 0), at: due) }
      case .strategyTimer(-1): replica.disconnect()
      case .strategyTimer(-2): replica.reconnect(in: &calendar)
      case .strategyTimer(let reading):
        outcome.readings.append(replica.lag(at: calendar.now).seconds)
        if reading == 1 { outcome.behind = Double(replica.unapplied) }
      default:
        if handle(event), replica.lag(at: calendar.now) > .milliseconds(20) {
          outcome.drained = calendar.now.seconds
        }
      }
    }
    fill(&outcome)
    return result(outcome)
  }

  /// Milliseconds from the primary's flush of a commit to its end at this level.
  mutating func commit(_ level: SyncLevel, bytes: Int64 = 100) -> Double {
    let time = TimeSpan(seconds: Double(bytes) * replayPerByte)
    replica.append(LogContent(bytes: bytes, replay: time, commits: 1), in: &calendar)
    _ = replica.wait(1, upTo: bytes, for: level, in: &calendar)
    while ready.isEmpty, let event = calendar.next() { _ = handle(event) }
    return calendar.now.seconds * 1e3
  }

  private func fill(_ outcome: inout Outcome) {
    let statistics = replica.statistics
    let positions = replica.positions
    outcome.longestLag = statistics.longestLag.seconds
    outcome.longestLagAt = statistics.longestLagAt.seconds
    outcome.paused = replica.conflictPaused(at: calendar.now).seconds
    outcome.cancelled = Double(statistics.cancellations)
    let unsent = positions.primary - positions.sent
    let onTheWay = positions.sent - positions.received
    let waiting = positions.received - positions.replayed
    let appended = steps.reduce(0) { $0 + $1.bytes }
    outcome.unaccounted = Double(
      appended - unsent - onTheWay - waiting - positions.replayed)
  }

  /// True: a piece of replay has ended.
  private mutating func handle(_ event: ModelEvent) -> Bool {
    switch event {
    case .linkFreed: replica.linkFreed(in: &calendar)
    case .logReceived: replica.received(into: &device, in: &calendar)
    case .roundEnded(_, let request):
      guard device.roundEnded(request: request, in: &calendar) != nil else { return false }
      replica.flushEnded(into: &device, in: &calendar)
      replay()
    case .replayDue: replay()
    case .burstEnded(_, let core):
      let process = cpu.burstEnded(core: core, at: calendar.now)
      cpu.release(process, in: &calendar)
      replica.quantumEnded(in: &calendar)
      replay()
      return true
    case .replyArrived: replica.replyArrived(ready: &ready)
    default: break
    }
    return false
  }

  private mutating func replay() {
    asks += 1
    // Who forgets to ask lets replay stand until the next flush.
    if run.mutation == .lostWakeUp && asks % 50 == 0 { return }
    switch replica.nextQuantum(in: &calendar) {
    case .none: break
    case .work(_, let time): cpu.submit(0, demand: time, in: &calendar)
    case .cancelQueries:
      replica.setOldestSnapshot(.max)
      replay()
    }
  }
}
