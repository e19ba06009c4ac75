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

  /// The first of these that passes the fresh trials which a recommendation has to pass.
  ///
  /// A trial that one of them fails is the next one's first, which fails it as well where they are alike.
  package func firstConfirmed(_ candidates: [Candidate]) throws -> Candidate? {
    var evaluator = evaluator
    var counts = TuneResult.Counts()
    var numbers = Array(0..<Confirmation.trials(assurance: loaded.scenario.run.assurance))
    for candidate in candidates {
      let failed = try numbers.indices.first { index in
        guard index % jobs == 0 else { return false }
        return try !evaluator.confirm(candidate, Array(numbers[index...].prefix(jobs)), &counts)
          .allSatisfy { trial in constraints.allSatisfy { $0.holds(in: trial) } }
      }
      guard let failed else { return candidate }
      let hard = numbers[failed...].prefix(jobs)
      numbers = hard + numbers.filter { !hard.contains($0) }
    }
    return nil
  }
}
