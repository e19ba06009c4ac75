import Gates
import Measurements
import Scenarios
import Simulator

/// The recommended setting in a changed world, played with the search's own trials so that differences
/// come from the change alone.
struct Neighbour: Sendable {
  var duration: Double
  var latency: Double?
  /// The gate that is missed by most, or the one that is nearest to it.
  var tightest: Constraint.Reading?
  var isMet: Bool

  init(
    _ scenario: Scenario, _ constraints: [Constraint], _ evaluator: inout Evaluator
  ) throws {
    let results = try evaluator.play(scenario, trials: 0..<Search.trials)
    let evaluation = Evaluation(
      candidate: Candidate(values: [], size: nil), samples: results.map(Sample.init))
    let feasibility = Feasibility(evaluation, constraints)
    duration = evaluation.duration
    latency = evaluation.latency
    tightest = feasibility.readings.max { $0.excess < $1.excess }
    isMet = feasibility.isMet
  }
}
