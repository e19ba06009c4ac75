import Foundation
import Gates
import Measurements
import Primitives
import Scenarios
import Simulator
import Strategies
import Testing

/// The faults that runners' control rules are known for (docs/strategies.md), each in a scenario of
/// `scenarios/faults` that shows it, with a variant that does not.
@Suite("Known faults of controllers")
struct ControllerFaultTests {
  /// One trial, played whole.
  private struct Played {
    var trial: TrialResult

    init(_ name: String, variant: String? = nil) throws {
      let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../../../scenarios/faults").standardizedFileURL
      let scenario = try ScenarioFile.load(
        path: folder.appendingPathComponent("\(name).yaml").path, variant: variant
      ).scenario
      trial = simulateTrial(
        scenario, trial: 0, seed: scenario.run.seed, exact: true,
        extras: TrialExtras(decisions: true))
      #expect(trial.violations == [])
    }

    func value(_ name: String, _ labels: [String: String] = [:]) -> Double {
      trial.value(of: MetricKey(name, labels))?.value ?? .nan
    }

    var duration: Double { value("backfill.duration") }
    /// Share of the time in which the throttle held the only worker back.
    var throttled: Double { value("backfill.paused", ["reason": "throttle"]) / duration }

    /// When the throttle let the backfill go on after it had held it back, in seconds: the first batch
    /// after more than a second without one.
    var resumptions: [Double] {
      let starts = (trial.decisions?.entries ?? []).flatMap { entry in
        entry.actions.compactMap { action -> Double? in
          if case .execute = action { Double(entry.at.nanoseconds) / 1e9 } else { nil }
        }
      }
      return zip(starts, starts.dropFirst()).filter { $1 - $0 > 1 }.map { $1 }
    }
  }

  /// A fluid: log comes at λ while the backfill writes, the link takes μ.
  ///
  /// The limit ℓ is reached after
  /// ℓλ/(λ − μ); what has piled up by then takes ℓλ/μ more, at the end of which lag is ℓλ/μ.
  @Test("Saw-tooth: a throttle on lag switches on and off in the fluid's period, and overshoots")
  func sawTooth() throws {
    let played = try Played("saw-tooth")
    let writing = played.duration * (1 - played.throttled)
    let (rate, link, limit) = (played.value("wal.bytes") / writing, 3.0 * 1_048_576, 5.0)
    #expect(rate > 1.3 * link)
    let turns = played.resumptions
    try #require(turns.count >= 6)
    let period = (turns[turns.count - 1] - turns[0]) / Double(turns.count - 1)
    let expected = limit * rate * rate / (link * (rate - link))
    #expect(abs(period / expected - 1) < 0.25, "\(period) s, not \(expected) s")
    let peak = played.value("replica.lag.max")
    #expect(abs(peak / (limit * rate / link) - 1) < 0.25, "\(peak) s")

    let sound = try Played("saw-tooth", variant: "sound")
    #expect(sound.resumptions.isEmpty)
    #expect(sound.throttled == 0)
    #expect(sound.value("replica.lag.max") < 3)
    withKnownIssue("1.405 times as long since the backfill's statements are planned each time") {
      #expect(sound.duration < 1.4 * played.duration)
    }
  }

  @Test("Self-throttling: its own log holds it back half of the time, for nobody's good")
  func selfThrottling() throws {
    let played = try Played("self-throttling")
    #expect((0.35...0.65).contains(played.throttled), "\(played.throttled)")
    // Without the backfill the signal is far below the limit.
    let traffic = played.value("wal.rate.max", ["phase": "before"])
    #expect(traffic.isNaN || traffic < 1_048_576)

    let sound = try Played("self-throttling", variant: "sound")
    #expect(sound.throttled < 0.02)
    #expect(sound.duration < 0.65 * played.duration)
    #expect(sound.value("app.latency.p99") < 0.05)
  }

  @Test("Blind lag sensor: the throttle never fires while the replica is minutes behind")
  func blindSensor() throws {
    let blind = try Played("blind-lag-sensor")
    #expect(blind.throttled == 0)
    #expect(blind.value("backfill.completed_ratio") == 1)
    #expect(blind.value("replica.lag.max") > 30)

    let sound = try Played("blind-lag-sensor", variant: "sound")
    #expect(sound.value("replica.lag.max") < 5)
    #expect(sound.value("backfill.completed_ratio") < 0.1)
    let seeing = try Played("blind-lag-sensor", variant: "seeing")
    #expect(seeing.throttled > 0.1)
    #expect(seeing.value("replica.lag.max") < 20)
    #expect(seeing.value("backfill.completed_ratio") == 1)
  }

  @Test("Starvation: everyday traffic alone keeps the throttle closed until the horizon")
  func starvation() throws {
    let starved = try Played("starvation")
    #expect(starved.trial.censored)
    #expect(starved.value("backfill.completed_ratio") < 0.15)
    // The application was beyond the limit of 3 before the backfill began.
    #expect(starved.value("app.active.mean", ["phase": "before"]) > 6)

    let sound = try Played("starvation", variant: "sound")
    #expect(!sound.trial.censored)
    #expect(sound.value("backfill.completed_ratio") == 1)
    #expect(sound.throttled < 0.1)
  }

  @Test("Retry storm: most tries are thrown away, and their log is not")
  func retryStorm() throws {
    let storm = try Played("retry-storm")
    #expect(storm.value("backfill.retries") > 4 * storm.value("backfill.batches"))
    #expect(storm.value("backfill.rows_rolled_back") > 2 * storm.value("backfill.rows"))

    let sound = try Played("retry-storm", variant: "sound")
    #expect(sound.value("backfill.retries") <= 0.1 * sound.value("backfill.batches"))
    #expect(sound.value("backfill.rows_rolled_back") < 0.1 * sound.value("backfill.rows"))
    #expect(sound.value("wal.bytes") < 0.6 * storm.value("wal.bytes"))
    #expect(sound.value("backfill.completed_ratio") == 1)
  }
}
