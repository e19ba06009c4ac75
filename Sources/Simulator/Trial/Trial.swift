import Measurements
import Primitives
import Scenarios
import Strategies

/// The version of the model's rules: trace hashes and baselines compare within one.
package let modelVersion = 1

/// What a trial is to give beside its metrics.
package struct TrialExtras: Sendable {
  /// `abort.recovery`: the trial is played again with the backfill stopped at its worst moment.
  package var recovery: Bool
  /// The strategy's decision log.
  package var decisions: Bool
  package init(recovery: Bool = false, decisions: Bool = false) {
    self.recovery = recovery
    self.decisions = decisions
  }
}

/// Plays one trial of a scenario, with the trial's vector of the calibration if there is one.
///
/// `trial` counts from 0; with the seed it decides every random number. `exact` plays every moment
/// instead of skipping steady stretches. `shouldStop` is asked now and then; true ends the trial as
/// incomplete.
package func simulateTrial(
  _ scenario: Scenario, trial: Int, seed: UInt64, exact: Bool,
  extras: TrialExtras = TrialExtras(), shouldStop: @Sendable () -> Bool = { false }
) -> TrialResult {
  var scenario = scenario
  let draws = scenario.draws
  draws?.apply(seed: seed, trial: trial, to: &scenario.database)
  var model = Model(scenario, seed: seed, trial: trial, exact: exact)
  if extras.decisions, let strategy = model.strategy {
    model.decisions = DecisionLog(configuration: strategy.configuration)
  }
  var result = model.run(shouldStop: shouldStop)
  guard extras.recovery, result.complete, let moment = result.worstMoment else { return result }
  var stopped = scenario
  stopped.events.append(TimedEvent(at: TimeSpan(seconds: moment), effect: .cancel))
  // The same seed: up to the stop it is the same execution.
  var again = Model(stopped, seed: seed, trial: trial, exact: exact)
  result.takeRecovery(from: again.run(shouldStop: shouldStop), gates: scenario.gates)
  return result
}
