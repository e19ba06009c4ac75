import Primitives
import Simulator

/// Cases on the rows that a batch, or any long transaction, keeps from others.
///
/// A batch of n rows, b each, that commits in c holds its j-th row for H = (n − j) b + c. Visits are
/// Poisson, so by PASTA they see the holds' time averages, and wait for what is left of them. The
/// sums over rows are taken for their integrals, which for n = 5000 is right to 2·10⁻⁴.
enum BatchLockOracles {
  static let cases: [OracleCase] = [
    batch, statement, rowQueue,
    convoy(.deterministic, "deterministic", rate: 50, secondMoment: 1e-4),
    convoy(.exponential, "exponential", rate: 50, secondMoment: 2e-4),
    convoy(.exponential, "exponential", rate: 65, secondMoment: 2e-4),
  ]

  /// Passes of 4 batches: 5000 rows of 0.1 ms, commit 20 ms, 200 visits a second.
  private static let batch: OracleCase = {
    let setting = BatchLockExperiment.Setting()
    let (work, commit, hold) = (0.5, 0.02, 0.52)
    let delayed = setting.rate * (work / 2 + commit)
    let waited =
      setting.rate * (hold * hold * hold - commit * commit * commit)
      / (6 * setting.row.seconds * Double(setting.batch))
    let long = setting.rate * (hold - 0.3) * (hold - 0.3) / (2 * work)
    return OracleCase(
      "Batch of 5000 rows, commit 20 ms", source: "PASTA; residual of a hold",
      [
        .mean("visits delayed in a pass", delayed), .mean("seconds waited in a pass", waited),
        .mean("waits beyond 0.3 s in a pass", long),
        .mean("mean wait of a visit that waits, seconds", waited / delayed),
        .exact("waits beyond n b + c", 0, within: 0),
      ]
    ) { run in
      let passes = run.repetitions(3_800)
      var experiment = BatchLockExperiment(setting, run)
      let outcome = experiment.play(passes: passes)
      return [
        Double(outcome.delayed) / Double(passes), outcome.waited / Double(passes),
        Double(outcome.long) / Double(passes), outcome.waited / Double(outcome.delayed),
        Double(outcome.beyond),
      ]
    }
  }()

  /// One statement of length D over the whole table, whose rows are free as soon as it ends.
  private static let statement: OracleCase = {
    var setting = BatchLockExperiment.Setting()
    setting.rows = setting.batch
    setting.commit = .zero
    let length = 0.5
    return OracleCase(
      "One statement of 0.5 s over the table", source: "inspection paradox, E[H²]/(2E[H])",
      [
        .mean("visits delayed in a pass", setting.rate * length / 2),
        .mean("mean wait of a visit that waits, seconds", length / 3),
      ]
    ) { [setting] run in
      let passes = run.repetitions(1_800)
      var experiment = BatchLockExperiment(setting, run)
      let outcome = experiment.play(passes: passes)
      return [
        Double(outcome.delayed) / Double(passes), outcome.waited / Double(outcome.delayed),
      ]
    }
  }()

  /// M/M/1 in the order of coming: P(wait > t) = ρ e^{−(μ − λ) t}.
  private static let rowQueue = OracleCase(
    "Hot row, load 0.5", source: "Kleinrock I (1975) §3.2, M/M/1",
    [
      .mean("mean wait", 1),
      .mean("share that waits longer than 2", 0.5 * Double.exp(-1)),
    ]
  ) { run in
    var experiment = RowQueueExperiment(rate: 0.5, longWait: 2, visits: 300_000, run)
    let outcome = experiment.play()
    return [outcome.wait, outcome.long]
  }

  /// A hot row, held 10 ms by each of its own visitors and once for 0.2 s by a batch.
  ///
  /// Work v left at a row costs its visitors v²/(2(1 − ρ)) of waiting more than an idle row does,
  /// and finds E[v] = λ E[S²]/(2(1 − ρ)): a hold of H on top adds the difference at v + H and v.
  private static func convoy(
    _ law: ServiceLaw, _ name: String, rate: Double, secondMoment: Double
  ) -> OracleCase {
    let (hold, idle) = (0.2, 1 - rate * 0.01)
    let extra =
      rate * (hold * hold / (2 * idle) + hold * rate * secondMoment / (2 * idle * idle))
    return OracleCase(
      "Hot row of \(Int(rate)) visits/s, \(name) holds, behind a batch",
      source: "M/G/1, relative value of the work left", [.mean("seconds waited more", extra)]
    ) { run in
      let blocks = HotRowExperiment.blocks
      let periods = blocks * run.repetitions(rate < 60 ? 40 : 50, atLeast: 1)
      let setting = HotRowExperiment.Setting(
        rate: rate, hold: .milliseconds(10), law: law, period: .seconds(rate < 60 ? 2 : 3))
      // The same visits with and without the batches.
      func play(visited: Bool) -> HotRowExperiment.Outcome {
        var experiment = HotRowExperiment(
          setting, run, batch: .milliseconds(200), visited: visited)
        return experiment.play(periods: periods)
      }
      let (with, without) = (play(visited: true), play(visited: false))
      var means = ControlledMeans(outputs: 1, controls: 2 * HotRowExperiment.windows)
      for (index, excesses) in with.excesses.enumerated() {
        means.add([with.waits[index] - without.waits[index]], excesses: excesses)
      }
      return [means.means[0] * Double(blocks) / Double(periods)]
    }
  }
}

extension OracleRun {
  /// Repetitions of an experiment that has no customers of its own.
  func repetitions(_ count: Int, atLeast fewest: Int = 10) -> Int {
    max(fewest, Int(Double(count) * scale))
  }
}
