import Measurements
import Primitives
import Scenarios

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
