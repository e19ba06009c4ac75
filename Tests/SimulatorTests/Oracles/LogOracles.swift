import EventKernel
import Primitives
import Simulator

/// Cases on the log's flushes.
enum LogOracles {
  static let cases: [OracleCase] =
    [0.1, 0.5, 1, 3, 10].map { groupCommit(.deterministic, "deterministic", load: $0) }
    + [0.5, 3].map { groupCommit(.exponential, "exponential", load: $0) }
    + [bytesBefore]

  /// Poisson commits, one flush at a time, a flush takes all that wait when it starts.
  ///
  /// With φ = E[e^{−λF}] a flush serves g = λ E[F] + φ commits, and a commit takes
  /// E[F] + E[F²]/(2E[F]) · r/(1 + r) with r = λ E[F]/φ: the flush starts at once when none is in
  /// flight (probability 1/(1 + r)), else after the residual of the one that is.
  private static func groupCommit(
    _ law: ServiceLaw, _ name: String, load: Double
  ) -> OracleCase {
    let (transform, residual) =
      switch law {
      case .exponential: (1 / (1 + load), 1.0)
      default: (Double.exp(-load), 0.5)
      }
    let ratio = load / transform
    return OracleCase(
      "Group commit, \(name) flush, load \(load)", source: "renewal argument in the case's comment",
      [
        .mean("mean latency", 1 + residual * ratio / (1 + ratio)),
        .mean("mean commits in a flush", load + transform),
      ]
    ) { run in
      var experiment = CommitExperiment(law: law, rate: load, run)
      return experiment.play(commits: residual == 1 ? 250_000 : 100_000)
    }
  }

  /// A commit behind 64 MiB of somebody else's log waits until the device has taken all of it:
  /// 64 MiB and its own block at 100 MiB a second, the latency, the fixed part.
  private static let bytesBefore = OracleCase(
    "Commit behind 64 MiB of log", source: "bytes / throughput + latency + fixed part",
    [.exact("seconds", 0.640078125 + 0.001 + 0.0001, within: 1e-6)]
  ) { run in
    let latency = Latency(mean: .milliseconds(1))
    let limits = StorageDevice.Limits(
      iops: 1e6, throughput: Double(100 << 20) / run.mutation.serviceFactor, readLatency: latency,
      writeLatency: latency)
    var device = StorageDevice(
      id: 0, limits: limits,
      randomness: RandomKey(seed: run.seed, trial: 0, entity: 0, purpose: 1))
    var calendar = Calendar()
    var settings = LogFlusher.Settings(fixed: .microseconds(100))
    settings.segment = 1 << 40
    var log = LogFlusher(owner: -1, settings: settings)
    var ready = ReadyLine()
    log.insert(LogContent(bytes: 64 << 20), into: &device, in: &calendar)
    let position = log.insert(LogContent(bytes: 200), into: &device, in: &calendar)
    _ = log.wait(1, upTo: position, on: &device, in: &calendar)
    while ready.isEmpty, let event = calendar.next() {
      guard case .roundEnded(_, let request) = event else { continue }
      if device.roundEnded(request: request, in: &calendar) != nil {
        _ = log.flushEnded(ready: &ready, into: &device, in: &calendar)
      }
    }
    return [calendar.now.seconds]
  }
}

/// Poisson commits of one record each.
struct CommitExperiment: ~Copyable {
  private let law: ServiceLaw
  private let rate: Double
  private let run: OracleRun
  private var device: StorageDevice
  private var log: LogFlusher
  private var calendar = Calendar()
  private var ready = ReadyLine()
  private var arrivals: RandomStream
  private var flushes: RandomStream
  private var arrived: [Instant] = []
  private var free: [Int32] = []
  private var late: Int32?

  init(law: ServiceLaw, rate: Double, _ run: OracleRun) {
    self.law = law
    self.rate = rate
    self.run = run
    let none = Latency(mean: .zero)
    device = StorageDevice(
      id: 0,
      limits: StorageDevice.Limits(
        iops: .infinity, throughput: .infinity, readLatency: none, writeLatency: none),
      randomness: RandomKey(seed: run.seed, trial: 0, entity: 0, purpose: 9))
    log = LogFlusher(owner: -1, settings: LogFlusher.Settings(fixed: unit))
    arrivals = run.stream(1)
    flushes = run.stream(2)
  }

  /// Mean latency and mean commits in a flush.
  mutating func play(commits: Int) -> [Double] {
    let total = run.customers(commits)
    var started = 0
    var finished = 0
    var latencies: Int128 = 0
    drawFlush()
    scheduleArrival()
    while finished < total, let event = calendar.next() {
      switch event {
      case .arrival:
        commit()
        started += 1
        if started < total { scheduleArrival() }
      case .roundEnded(_, let request):
        guard device.roundEnded(request: request, in: &calendar) != nil else { break }
        _ = log.flushEnded(ready: &ready, into: &device, in: &calendar)
        drawFlush()
        loseWakeUp()
        while let process = ready.popFirst() {
          latencies += Int128((calendar.now - arrived[Int(process)]).nanoseconds)
          free.append(process)
          finished += 1
        }
      case .logWriterWoke: log.writerWoke(into: &device, in: &calendar)
      default: break
      }
    }
    return [
      Double(latencies) / Double(finished) / Double(unit.nanoseconds),
      Double(log.statistics.waits) / Double(log.statistics.flushes),
    ]
  }

  private mutating func scheduleArrival() {
    calendar.schedule(
      .arrival(class: 0), at: calendar.now + unit * (arrivals.exponential() / rate))
  }

  private mutating func commit() {
    let id = free.popLast() ?? Int32(arrived.count)
    if Int(id) == arrived.count { arrived.append(.zero) }
    arrived[Int(id)] = calendar.now
    let position = log.insert(LogContent(bytes: 100), into: &device, in: &calendar)
    let flushes = log.statistics.flushes
    _ = log.wait(id, upTo: position, on: &device, in: &calendar)
    if log.statistics.flushes > flushes { drawFlush() }
  }

  /// A flush takes its length from the settings when it starts: draws that of the next one.
  private mutating func drawFlush() {
    log.settings.fixed = unit * (law.draw(&flushes) * run.mutation.serviceFactor)
  }

  /// One process of a larger group is told only with the next flush.
  private mutating func loseWakeUp() {
    guard run.mutation == .lostWakeUp else { return }
    if let process = late { ready.append(process) }
    late = ready.count > 1 ? ready.popFirst() : nil
  }
}
