import EventKernel
import Primitives
import Simulator

/// Cases on the storage device.
enum StorageOracles {
  static let cases: [OracleCase] = [
    operationGate, byteGate, infiniteServers, dependentReads,
    depletion(demand: 3000, seconds: 2000),
    // 2000 operations a second spend what 300 a second do not bring: 5.4·10⁶ / 1700.
    depletion(demand: 2000, seconds: 5.4e6 / 1700), refill,
  ]

  /// Requests at a fixed rate limit with deterministic passing times: M/D/1 before the latency.
  private static let operationGate = OracleCase(
    "Device, limit on operations, load 0.5", source: "M/D/1, Pollaczek–Khinchine",
    [
      .mean("mean wait", 0.5), .mean("utilization", 0.5), .mean("mean in flight", 0.5 * 2.5),
    ]
  ) { run in
    let limits = StorageDevice.Limits(
      iops: 1000 / run.mutation.serviceFactor, throughput: .infinity,
      readLatency: Latency(mean: unit * 2), writeLatency: Latency(mean: unit * 2))
    var experiment = DeviceExperiment(limits, rate: 0.5, requests: 1_000_000, run)
    let outcome = experiment.play { _ in 0 }
    return [outcome.meanResponse - 2, outcome.utilization, outcome.meanInFlight]
  }

  /// Requests of exponential size at a limit on bytes: M/M/1.
  private static let byteGate = OracleCase(
    "Device, limit on bytes, load 0.5", source: "M/M/1",
    [
      .mean("mean response", 2), .mean("utilization", 0.5),
      .exact("Little's law, ∫N dt − ΣT", 0, within: 0),
    ]
  ) { run in
    let limits = StorageDevice.Limits(
      iops: .infinity, throughput: 1e9 / run.mutation.serviceFactor,
      readLatency: Latency(mean: .zero), writeLatency: Latency(mean: .zero))
    var experiment = DeviceExperiment(limits, rate: 0.5, requests: 500_000, run)
    let outcome = experiment.play { 1e6 * $0.exponential() }
    return [outcome.meanResponse, outcome.utilization, Double(outcome.littleGap)]
  }

  /// Latencies side by side: M/G/∞, the number in flight is Poisson whatever their law.
  private static let infiniteServers = OracleCase(
    "Device, lognormal latency, mean 1 in flight", source: "M/G/∞, Kleinrock I (1975) §3.4",
    [
      .mean("mean in flight", 1), .mean("share that find none", Double.exp(-1)),
      .mean("share that find two", Double.exp(-1) / 2),
    ]
  ) { run in
    let latency = Latency(mean: unit * run.mutation.serviceFactor, variation: 1)
    let limits = StorageDevice.Limits(
      iops: .infinity, throughput: .infinity, readLatency: latency, writeLatency: latency)
    var experiment = DeviceExperiment(limits, rate: 1, requests: 200_000, run)
    let outcome = experiment.play { _ in 0 }
    return [outcome.meanInFlight, outcome.foundShare(0), outcome.foundShare(2)]
  }

  /// Reads that each need the one before take a latency each; side by side they take one, and the
  /// limit's interval between their starts.
  private static let dependentReads = OracleCase(
    "Device, 50 reads of 2 at 10 a unit", source: "sum of latencies",
    [.exact("depth 1", 100, within: 1e-9), .exact("all at once", 2 + 4.9, within: 1e-9)]
  ) { run in
    [1, Int.max].map { depth in
      let latency = Latency(mean: unit * (2 * run.mutation.serviceFactor))
      let limits = StorageDevice.Limits(
        iops: 10_000, throughput: .infinity, readLatency: latency, writeLatency: latency)
      var calendar = Calendar()
      var device = StorageDevice(
        id: 0, limits: limits,
        randomness: RandomKey(seed: run.seed, trial: 0, entity: 0, purpose: 1))
      device.submit(0, .read, operations: 50, bytes: 0, depth: depth, in: &calendar)
      while case .roundEnded(_, let request) = calendar.next() {
        if device.roundEnded(request: request, in: &calendar) != nil { break }
      }
      return calendar.now.seconds / unit.seconds
    }
  }

  /// A gp2 volume of 100 GiB: 300 operations a second for ever, 3000 while 5.4 million credits last.
  private static func volume(_ run: OracleRun) -> StorageDevice {
    let none = Latency(mean: .zero)
    var limits = StorageDevice.Limits(
      iops: 300, throughput: .infinity, readLatency: none, writeLatency: none)
    limits.burst = (iops: 3000, credits: 5.4e6 / run.mutation.serviceFactor)
    return StorageDevice(
      id: 0, limits: limits,
      randomness: RandomKey(seed: run.seed, trial: 0, entity: 0, purpose: 1))
  }

  /// Credits last C / (d − r); then the device runs at r.
  private static func depletion(demand: Double, seconds: Double) -> OracleCase {
    OracleCase(
      "Burst credits, \(Int(demand)) operations a second",
      source: "awsdocs/amazon-ec2-user-guide, general-purpose.md",
      [
        .exact("seconds until spent", seconds, within: 1e-3),
        .exact("operations a second after", 300, within: 1e-9),
      ]
    ) { run in
      var device = volume(run)
      var calendar = Calendar()
      let step = 0.1
      var tick = 0
      repeat {
        tick += 1
        calendar.schedule(.strategyTimer(id: 0), at: Instant(seconds: Double(tick) * step))
        while case .roundEnded(_, let request) = calendar.next() {
          _ = device.roundEnded(request: request, in: &calendar)
        }
        device.submit(0, .read, operations: Int(demand * step), bytes: 0, in: &calendar)
      } while (device.lowestBurstBalance ?? 0) > 1e-6
      let spent = calendar.now.seconds
      let before = device.backlog(at: calendar.now).seconds
      device.submit(0, .read, operations: 3000, bytes: 0, in: &calendar)
      return [spent, 3000 / (device.backlog(at: calendar.now).seconds - before)]
    }
  }

  /// An idle volume gains r a second: from empty to half full in C / 2r.
  private static let refill = OracleCase(
    "Burst credits, idle", source: "awsdocs/amazon-ec2-user-guide, general-purpose.md",
    [.exact("share regained after 9000 s", 0.5, within: 1e-6)]
  ) { run in
    var device = volume(run)
    var calendar = Calendar()
    let size = 5.4e6
    // At the burst rate, exactly what empties the bucket.
    device.submit(0, .read, operations: Int(size / 2700 * 3000), bytes: 0, in: &calendar)
    let empty = device.backlog(at: .zero)
    return [device.burstBalance(at: .zero + empty + .seconds(9000)) ?? 0]
  }
}
