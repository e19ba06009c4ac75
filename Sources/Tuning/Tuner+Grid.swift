import Scenarios

// Brute force, which the search is measured against (Benchmarks/tune, the tests).
extension Tuner {
  /// Every point of a grid over the space, with as many batch sizes.
  package func grid(sizes: Int) -> [Candidate] { space.grid(sizes: sizes) }

  /// The first of the trials that the search gives its points, and what playing them took.
  package func play(
    _ candidates: [Candidate], trials: Int = Search.trials
  ) throws -> (evaluations: [Evaluation], events: Int) {
    var evaluator = evaluator
    let evaluations = try evaluator.evaluate(candidates, trials: trials)
    return (evaluations, evaluator.events)
  }

  /// Whether every gate holds in every trial of it.
  package func meets(_ evaluation: Evaluation) -> Bool {
    Feasibility(evaluation, constraints).isMet
  }

  /// The fresh trials that a recommendation has to pass.
  package func confirms(_ candidate: Candidate) throws -> Bool {
    var evaluator = evaluator
    return try Confirmation(
      candidate, attempt: 0, constraints: constraints,
      assurance: loaded.scenario.run.assurance, &evaluator
    ).isConfirmed
  }
}
