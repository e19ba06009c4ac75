import EventKernel
import Primitives
import Simulator

/// Cases on the log's way to a replica.
enum ReplicaOracles {
  static let cases: [OracleCase] =
    [fluid, conflict, disconnection, dutyCycle, batchAtOnce, synchronous]
    + [
      replay(.deterministic, squaredVariation: 0, commits: 200_000),
      replay(.exponential, squaredVariation: 1, commits: 300_000),
      replay(.hyperexponential(squaredVariation: 4), squaredVariation: 4, commits: 600_000),
    ]

  /// One process replays: M/G/1, so a commit is behind by E[S] + λ E[S²] / (2 (1 − ρ)).
  private static func replay(
    _ law: ServiceLaw, squaredVariation: Double, commits: Int
  ) -> OracleCase {
    let delay = 1 + 0.5 * (1 + squaredVariation) / (2 * (1 - 0.5))
    return OracleCase(
      "Replica, replay at load 0.5, cv² = \(Int(squaredVariation))",
      source: "M/G/1, Pollaczek–Khinchine", [.mean("mean delay of a commit", delay)]
    ) { run in
      var experiment = ReplayQueueExperiment(law, rate: 0.5, commits: commits, run)
      return [experiment.play()]
    }
  }

  /// 30 MB/s for 10 s, then nothing for 20 s: stable, since 10 MB/s on average are less than 20; each
  /// batch takes lag to τ (λ/μ − 1), when its last byte is replayed.
  private static let dutyCycle = OracleCase(
    "Replica, batches of 10 s at 30 MB/s, pauses of 20 s, replay of 20 MB/s",
    source: "fluid limit, D/D/1",
    [.exact("longest lag", 5, within: 4e-3), .exact("time of drain", 615, within: 1e-3)]
  ) { run in
    var experiment = ReplicaExperiment(replayPerByte: 1 / 20e6, run)
    for cycle in 0...20 {
      experiment.write(rate: 30e6, until: Double(cycle) * 30 + 10)
      experiment.write(rate: 0, until: Double(cycle) * 30 + 30)
    }
    return experiment.play(readings: [], until: 630) { [$0.longestLag, $0.drained] }
  }

  /// A batch whose log comes at once is behind by all of its bytes over the speed of replay.
  private static let batchAtOnce = OracleCase(
    "Commit of 5000 rows of 400 B, replay of 20 MB/s, milliseconds", source: "n · bytes / μ",
    [.exact("remote_apply", 100, within: 1e-6)]
  ) { run in
    var experiment = ReplicaExperiment(replayPerByte: 1 / 20e6, run)
    return [experiment.commit(.apply, bytes: 5_000 * 400)]
  }

  /// 30 MB of log a second for 100 s, 10 after, replay of 20: the fluid limit, in steps of 10 ms.
  ///
  /// At t the replica has replayed μ t, which the primary passed at μ t / λ: lag grows as
  /// t (1 − μ/λ) until t* = λ T / μ, after the load has stopped; then it falls by 1 − μ/λ₀ a second.
  private static let fluid = OracleCase(
    "Replica, 30 then 10 MB/s against replay of 20 MB/s", source: "fluid limit, D/D/1",
    [
      .exact("lag at 50 s", 50.0 / 3, within: 2e-3),
      .exact("lag at 100 s", 100.0 / 3, within: 2e-3),
      .exact("longest lag", 50, within: 1e-3), .exact("time of the longest lag", 150, within: 1e-3),
      .exact("lag at 160 s", 40, within: 2e-3), .exact("lag at 180 s", 20, within: 2e-3),
      .exact("time of drain", 200, within: 1e-3),
      .exact("bytes behind at 100 s", 1e9, within: 1e-3),
      .exact("log that is neither shipped, received nor replayed", 0, within: 0),
    ]
  ) { run in
    var experiment = ReplicaExperiment(replayPerByte: 1 / 20e6, run)
    experiment.write(rate: 30e6, until: 100)
    experiment.write(rate: 10e6, until: 250)
    return experiment.play(readings: [50, 100, 160, 180], until: 250) { $0.fluidResult }
  }

  /// A query stands before replay from 20 s until its grace period of 30 s ends: lag grows by 1 a
  /// second, and what gathered drains in H λ / (μ − λ).
  private static let conflict = OracleCase(
    "Replica, conflict of 30 s at 10 MB/s against replay of 40 MB/s", source: "fluid limit, D/D/1",
    [
      .exact("longest lag", 30, within: 2e-3), .exact("time of drain", 20 + 30 + 10, within: 2e-3),
      .exact("time paused", 30, within: 1e-3), .exact("queries cancelled", 1, within: 0),
    ]
  ) { run in
    var experiment = ReplicaExperiment(replayPerByte: 1 / 40e6, run)
    experiment.write(rate: 10e6, until: 100, conflictAt: 20)
    return experiment.play(readings: [], until: 100) { $0.conflictResult }
  }

  /// Disconnected from 20 s to 40 s.
  private static let disconnection = OracleCase(
    "Replica, disconnected for 20 s at 10 MB/s against replay of 30 MB/s",
    source: "fluid limit, D/D/1",
    [.exact("longest lag", 20, within: 2e-3), .exact("time of drain", 40 + 10, within: 2e-3)]
  ) { run in
    var experiment = ReplicaExperiment(replayPerByte: 1 / 30e6, run)
    experiment.write(rate: 10e6, until: 100)
    experiment.disconnect(from: 20, to: 40)
    return experiment.play(readings: [], until: 100) { [$0.longestLag, $0.drained] }
  }

  /// One commit on an idle replica: the round trip and what the level waits for, in turn.
  ///
  /// Device 2 ms, fixed part of the flush 0.5 ms, round trip 1 ms, replay 4 ms.
  private static let synchronous = OracleCase(
    "Commit on a synchronous replica, milliseconds", source: "sum of its parts",
    [
      .exact("remote_write", 1, within: 1e-6), .exact("on", 3.5, within: 1e-6),
      .exact("remote_apply", 7.5, within: 1e-6),
    ]
  ) { run in
    [SyncLevel.write, .flush, .apply].map { level in
      var experiment = ReplicaExperiment(replayPerByte: 4e-5, run, roundTrip: 1, flush: 2.5)
      return experiment.commit(level)
    }
  }
}
