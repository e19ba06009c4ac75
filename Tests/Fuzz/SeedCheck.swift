import Gates
import Measurements
import Scenarios
import Simulator
import Strategies
import Synchronization

/// Plays the scenario of one seed exact and sampled, and one of the two twice.
struct SeedCheck {
  let seed: UInt64
  private(set) var faults: [String] = []
  private(set) var play: Play?

  /// A trial that plays more events than this hangs; `shouldStop` is asked every 65,536.
  static let patience = 120

  init(seed: UInt64) { self.seed = seed }

  mutating func run() {
    var scenario: Scenario
    do {
      let text = RandomScenario.text(seed: seed)
      scenario = try ScenarioFile.load(text: text, path: "fuzz-\(seed).yaml").scenario
    } catch {
      faults.append("not valid:\n" + ScenarioFile.render(error.problems))
      return
    }
    // Only a calibration tells how single latencies scatter.
    if seed % 4 == 0 { scenario.database.scatter = Self.scatter }
    let exact = trial(scenario, exact: true)
    let sampled = trial(scenario, exact: false)
    let repeatsExact = seed % 2 == 0
    let again = trial(scenario, exact: repeatsExact, decisions: true)
    let first = repeatsExact ? exact : sampled
    if again.traceHash != first.traceHash || again.values != first.values {
      faults.append("the same seed gave another \(repeatsExact ? "exact" : "sampled") trial")
    }
    if let divergence = again.decisions?.replay() {
      faults.append("replayed, the strategy answers otherwise from event \(divergence.index) on")
    }
    play = Play(
      scenario: scenario, exact: exact, sampled: sampled, decisions: again.decisions)
  }

  private static let scatter: LatencyScatter = {
    let quantiles = Quantiles(["0.1": 0.7, "0.5": 1, "0.9": 1.6, "0.99": 6])
    return LatencyScatter(
      roundTrip: quantiles, cold: quantiles, read: quantiles, write: quantiles)
  }()

  private mutating func trial(
    _ scenario: Scenario, exact: Bool, decisions: Bool = false
  ) -> TrialResult {
    let mode = exact ? "exact" : "sampled"
    let asked = Atomic(0)
    let result = simulateTrial(
      scenario, trial: 0, seed: scenario.run.seed, exact: exact,
      extras: TrialExtras(decisions: decisions)
    ) {
      asked.add(1, ordering: .relaxed).newValue > Self.patience
    }
    if !result.complete { faults.append("\(mode): hangs, \(result.events) events and no end") }
    faults += result.violations.map { "\(mode): \($0)" }
    if let odd = result.values.first(where: { $0.value.map { $0.isNaN || $0 < 0 } ?? false }) {
      faults.append("\(mode): \(odd.metric) is \(odd.value ?? 0)")
    }
    return result
  }
}
