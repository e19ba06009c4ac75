import Foundation
import Gates
import Measurements
import Primitives
import Scenarios
import Simulator

/// Finds the parameters with which the simulator gives what was observed.
///
/// Every evaluation plays the same trials with the same seed (common random numbers), so that the
/// objective is a function and a simplex can go down it. Parameters and metrics are fitted as
/// logarithms: a tenth more is as far as a tenth less.
package struct SimulatedFit: Sendable {
  /// One number of an observed run.
  package struct Target: Sendable, Hashable {
    package var metric: MetricKey
    package var value: Double
    /// Standard deviation of its logarithm: how far a repeat of the run would be.
    package var deviation: Double

    package init(metric: MetricKey, value: Double, deviation: Double) {
      self.metric = metric
      self.value = value
      self.deviation = deviation
    }
  }

  package struct Case: Sendable {
    package var scenario: Scenario
    package var targets: [Target]

    package init(scenario: Scenario, targets: [Target]) {
      self.scenario = scenario
      self.targets = targets
    }
  }

  package var cases: [Case]
  package var parameters: [CalibratedParameter]
  package var seed: UInt64
  /// Played for each case and evaluation.
  package var trials: Int
  /// Steps of Gauss and Newton, each of which plays all cases twice for every parameter.
  package var mostSteps = 8
  /// Where no step helps, a simplex goes on from the best point; nil leaves it there.
  package var search: NelderMead? = NelderMead()

  package init(
    cases: [Case], parameters: [CalibratedParameter], seed: UInt64, trials: Int
  ) {
    self.cases = cases
    self.parameters = parameters
    self.seed = seed
    self.trials = trials
  }

  package struct Result: Sendable {
    package var parameters: [CalibratedParameter]
    package var values: [Double]
    /// Standard deviations of the logarithms, with the simulator's own noise.
    package var deviations: [Double]
    /// That the deviations rest on.
    package var degrees: Int
    package var identifiability: Identifiability
    /// Root mean square of the residuals over their deviations: about 1 if the model can be right.
    package var misfit: Double
    package var evaluations: Int

    /// The 90 % interval of a parameter, by Student's t on its logarithm.
    package func interval(_ index: Int) -> ClosedRange<Double> {
      let t = StudentT.quantile(central: 0.9, degrees: degrees)
      let half = exp(t * deviations[index])
      return values[index] / half...values[index] * half
    }
  }

  /// Nil where no evaluation gave all the metrics, or where they do not tell the parameters apart.
  package func fit(from start: [Double]) -> Result? {
    guard let spread = simulate(start)?.spread, trials > 1 else { return nil }
    let noise = zip(flatTargets.map(\.deviation), spread).map {
      max(1e-4, ($0 * $0 + $1 * $1).squareRoot())
    }
    func residuals(_ logs: [Double]) -> [Double]? {
      simulate(logs.map { exp($0) }).map { simulated in
        zip(zip(simulated.means, flatTargets), noise).map { log($0.0 / $0.1.value) / $1 }
      }
    }
    guard var minimum = descend(from: start.map { log($0) }, residuals) else { return nil }
    if let search, !minimum.hasConverged {
      let found = search.minimise(from: minimum.point) { logs in
        residuals(logs).map { $0.reduce(0) { $0 + Self.huber($1) } } ?? .infinity
      }
      minimum.point = found.point
      minimum.evaluations += found.evaluations
    }
    guard let rest = residuals(minimum.point),
      let jacobian = jacobian(at: minimum.point, residuals)
    else { return nil }
    let identifiability = Identifiability(jacobian: jacobian)
    guard identifiability.isIdentifiable,
      let deviations = deviations(at: minimum.point, jacobian)
    else { return nil }
    let degrees = max(1, rest.count - parameters.count)
    let misfit = (rest.reduce(0) { $0 + $1 * $1 } / Double(degrees)).squareRoot()
    return Result(
      parameters: parameters, values: minimum.point.map { exp($0) },
      // A model that misses by more than the noise is not as sure as the noise says (Birge 1932).
      deviations: deviations.map { $0 * max(1, misfit) }, degrees: trials - 1,
      identifiability: identifiability, misfit: misfit, evaluations: minimum.evaluations)
  }

  /// Standard deviations of the fitted logarithms, with the metrics' correlation.
  ///
  /// The metrics of one trial are not independent: a busy second is in all of them. So each trial's
  /// own deviations are carried through the linearised fit, (JᵀJ)⁻¹Jᵀ, and spread there (the sandwich
  /// estimator; White 1982).
  private func deviations(
    at point: [Double], _ jacobian: [[Double]]
  ) -> [Double]? {
    guard let simulated = simulate(point.map { exp($0) }) else { return nil }
    let ones = Array(repeating: 1.0, count: jacobian.count)
    let normal = SymmetricMatrix.normal(jacobian, weights: ones)
    var squares = Array(repeating: 0.0, count: point.count)
    for trial in 0..<trials {
      // In units of the noise that each metric has over all.
      let off = simulated.means.indices.map { metric -> Double in
        let single = simulated.spread[metric] * Double(trials).squareRoot()
        let deviation = simulated.trials[metric][trial] / simulated.means[metric] - 1
        return single > 0 ? deviation / single : 0
      }
      let right = point.indices.map { column in
        jacobian.indices.reduce(0) { $0 + jacobian[$1][column] * off[$1] }
      }
      guard let step = normal.solve(right) else { return nil }
      for i in squares.indices { squares[i] += step[i] * step[i] }
    }
    return squares.map { ($0 / Double(trials - 1)).squareRoot() }
  }

  private struct Descent {
    var point: [Double]
    var evaluations = 0
    /// The last step was shorter than a thousandth.
    var hasConverged = false
  }

  /// Gauss and Newton's steps, none longer than half a unit of the logarithm, as long as they help.
  ///
  /// Few parameters and a smooth objective: four steps do what a simplex does in sixty evaluations.
  /// Nil where the start gives no metrics or the metrics do not tell the parameters apart.
  private func descend(
    from start: [Double], _ residuals: ([Double]) -> [Double]?
  ) -> Descent? {
    func loss(_ residuals: [Double]) -> Double { residuals.reduce(0) { $0 + Self.huber($1) } }
    var descent = Descent(point: start)
    guard var rest = residuals(start) else { return nil }
    for _ in 0..<mostSteps {
      guard let jacobian = jacobian(at: descent.point, residuals) else { return nil }
      descent.evaluations += 2 * start.count + 1
      // Huber's loss as weights: far residuals pull as if they were near.
      let weights = rest.map { residual -> Double in 1 / max(1, residual.magnitude / 1.345) }
      let right = start.indices.map { column -> Double in
        jacobian.indices.reduce(0.0) { (sum: Double, row: Int) -> Double in
          sum + weights[row] * jacobian[row][column] * rest[row]
        }
      }
      guard let step = SymmetricMatrix.normal(jacobian, weights: weights).solve(right) else {
        return nil
      }
      let longest = step.map(\.magnitude).max() ?? 0
      let scale = longest > 0.5 ? 0.5 / longest : 1
      let next = zip(descent.point, step).map { $0 - scale * $1 }
      guard let after = residuals(next), loss(after) <= loss(rest) else {
        descent.hasConverged = longest < 1e-3
        return descent
      }
      (descent.point, rest) = (next, after)
      if longest < 1e-3 {
        descent.hasConverged = true
        return descent
      }
    }
    return descent
  }

  private var flatTargets: [Target] { cases.flatMap(\.targets) }

  /// One wild metric counts by its distance, not by the square of it (Huber 1964, k = 1.345).
  private static func huber(_ residual: Double) -> Double {
    let size = residual.magnitude
    let k = 1.345
    return size <= k ? size * size / 2 : k * (size - k / 2)
  }

  /// Rows are metrics: central differences over ±5 %, in deviations.
  private func jacobian(
    at point: [Double], _ residuals: ([Double]) -> [Double]?
  ) -> [[Double]]? {
    let step = 0.05
    var columns: [[Double]] = []
    for i in point.indices {
      var (above, below) = (point, point)
      above[i] += step
      below[i] -= step
      guard let high = residuals(above), let low = residuals(below) else { return nil }
      columns.append(zip(high, low).map { ($0 - $1) / (2 * step) })
    }
    return flatTargets.indices.map { row in columns.map { $0[row] } }
  }

  package struct Simulated: Sendable {
    /// Of each metric over the trials.
    package var means: [Double] = []
    /// Deviation of the mean's logarithm.
    package var spread: [Double] = []
    /// Of each metric, trial by trial.
    var trials: [[Double]] = []
  }

  package func simulate(_ values: [Double]) -> Simulated? {
    var simulated = Simulated()
    for one in cases {
      var scenario = one.scenario
      for (parameter, value) in zip(parameters, values) {
        parameter.set(value, in: &scenario.database)
      }
      let results = Self.play(scenario, seed: seed, trials: trials)
      for target in one.targets {
        let known = results.compactMap { result in
          result.values.first { $0.metric == target.metric }?.value
        }
        guard known.count == trials, let statistics = Spread(known), statistics.mean > 0 else {
          return nil
        }
        simulated.trials.append(known)
        simulated.means.append(statistics.mean)
        simulated.spread.append(
          statistics.deviation / statistics.mean / Double(trials).squareRoot())
      }
    }
    return simulated
  }

  /// Trials side by side.
  static func play(_ scenario: Scenario, seed: UInt64, trials: Int) -> [TrialResult] {
    inParallel(trials, threads: trials, shouldStop: { false }) { index in
      simulateTrial(scenario, trial: index, seed: seed, exact: true)
    }.compactMap { $0 }
  }
}
