import Measurements
import Primitives
import Scenarios
import Strategies

/// The version of the model's rules: trace hashes and baselines compare within one.
package let modelVersion = 1

/// Plays one trial of a scenario.
///
/// `trial` counts from 0; with the seed it decides every random number. `exact` plays every moment
/// instead of skipping steady stretches. `shouldStop` is asked now and then; true ends the trial as
/// incomplete.
package func simulateTrial(
  _ scenario: Scenario, trial: Int, seed: UInt64, exact: Bool,
  shouldStop: @Sendable () -> Bool = { false }
) -> TrialResult {
  var model = Model(scenario, seed: seed, trial: trial, exact: exact)
  return model.run(shouldStop: shouldStop)
}

/// What the strategy was told and answered in one trial, every moment of it played; nil without a
/// backfill.
package func simulateDecisions(_ scenario: Scenario, trial: Int, seed: UInt64) -> DecisionLog? {
  var model = Model(scenario, seed: seed, trial: trial, exact: true)
  if scenario.backfill != nil { model.decisions = DecisionLog(configuration: scenario.strategy) }
  _ = model.run { false }
  return model.decisions
}
