import EventKernel
import Primitives
import Simulator

/// Cases on the connection pool.
enum PoolOracles {
  static let cases: [OracleCase] = [
    loss(.exponential, "exponential", 900_000),
    loss(.deterministic, "deterministic", 500_000), finiteLine, patience, order,
  ]

  /// Nobody waits: Erlang's loss, whatever the law of the holding times.
  private static func loss(_ law: ServiceLaw, _ name: String, _ requests: Int) -> OracleCase {
    OracleCase(
      "Pool of 10 without waiting, \(name) holding, load 7", source: "Erlang B; Sevastyanov (1957)",
      [.mean("share rejected", erlangB(servers: 10, load: 7))]
    ) { run in
      var experiment = PoolExperiment(
        PoolExperiment.Setting(size: 10, waitTimeout: .zero, rate: 7, law: law), requests, run)
      return [experiment.play().rejected]
    }
  }

  /// M/M/c/K: at most 3 wait.
  private static let finiteLine = OracleCase(
    "Pool of 2, at most 3 waiting, load 1.6", source: "Kleinrock I (1975) §3.7, M/M/c/K",
    [.mean("share rejected", blocked), .mean("mean wait of all", line / 1.6)]
  ) { run in
    let setting = PoolExperiment.Setting(size: 2, waitTimeout: .forever, rate: 1.6, longestLine: 3)
    var experiment = PoolExperiment(setting, 500_000, run)
    let outcome = experiment.play()
    return [outcome.rejected, outcome.wait]
  }

  private static let weights: [Double] = {
    var weights = [1.0]
    for n in 1...5 { weights.append(weights[n - 1] * 1.6 / Double(min(n, 2))) }
    return weights
  }()
  private static let blocked = weights[5] / weights.reduce(0, +)
  private static let line =
    (weights[3] + 2 * weights[4] + 3 * weights[5]) / weights.reduce(0, +)

  /// M/M/c with deterministic patience τ: who would wait longer than τ is rejected.
  ///
  /// By level crossing the offered wait has density λ p(c−1) e^{−(cμ−λ)x} below τ, decreasing as
  /// e^{−cμ(x−τ)} above (Barrer, Operations Research 5, 1957, page 644).
  private static let patience = OracleCase(
    "Pool of 4, patience 0.5, load 3.6", source: "Barrer (1957)",
    [
      .mean("share rejected", impatient), .mean("utilization", 0.9 * (1 - impatient)),
      .exact("Little's law, ∫N dt − ΣT", 0, within: 0),
    ]
  ) { run in
    let setting = PoolExperiment.Setting(size: 4, waitTimeout: unit * 0.5, rate: 3.6)
    var experiment = PoolExperiment(setting, 500_000, run)
    let outcome = experiment.play()
    return [outcome.rejected, outcome.utilization, Double(outcome.littleGap)]
  }

  /// M/M/c in the order of asking: P(wait > t) = C e^{−(cμ − λ) t}; another order has the same
  /// mean and another share.
  private static let order: OracleCase = {
    let delayed = erlangC(servers: 4, load: 2.8)
    return OracleCase(
      "Pool of 4, load 2.8", source: "Kleinrock I (1975) §3.5, Erlang C",
      [
        .mean("mean wait", delayed / 1.2),
        .mean("share that waits longer than 1", delayed * Double.exp(-1.2)),
      ]
    ) { run in
      var setting = PoolExperiment.Setting(size: 4, waitTimeout: .forever, rate: 2.8)
      setting.longWait = 1
      var experiment = PoolExperiment(setting, 2_100_000, run)
      let outcome = experiment.play()
      return [outcome.wait, outcome.long]
    }
  }()

  private static let impatient: Double = {
    let (servers, rate, patience) = (4.0, 3.6, 0.5)
    var weight = 1.0
    var below = 0.0
    for n in 1...4 {
      below += weight
      if n < 4 { weight *= rate / Double(n) }
    }
    let drift = servers - rate
    let early = rate * weight * (1 - Double.exp(-drift * patience)) / drift
    let late = rate * weight * Double.exp(-drift * patience) / servers
    return late / (below + early + late)
  }()
}
