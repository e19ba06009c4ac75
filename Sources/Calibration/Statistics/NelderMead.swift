/// Minimises a function of few variables without derivatives.
///
/// Nelder and Mead 1965, with the coefficients of Lagarias, Reeds, Wright and Wright 1998.
/// With common random numbers a stochastic simulator is such a function: the same parameters give the
/// same value, and small steps give small changes but for a few jumps.
package struct NelderMead: Sendable {
  /// Length of the first simplex's edges, in the variables' own unit.
  package var step = 0.15
  package var mostEvaluations = 200
  /// Stops where the simplex is smaller than this in every variable.
  package var tolerance = 1e-4

  package init() {}

  package struct Minimum: Sendable, Hashable {
    package var point: [Double]
    package var value: Double
    package var evaluations: Int
  }

  package func minimise(
    from start: [Double], _ function: ([Double]) -> Double
  ) -> Minimum {
    var evaluations = 0
    func evaluated(_ point: [Double]) -> (point: [Double], value: Double) {
      evaluations += 1
      let value = function(point)
      return (point, value.isNaN ? .infinity : value)
    }
    var simplex = [evaluated(start)]
    for i in start.indices {
      var corner = start
      corner[i] += step
      simplex.append(evaluated(corner))
    }
    let last = start.count
    while evaluations < mostEvaluations {
      simplex.sort { $0.value < $1.value }
      if isSmall(simplex.map(\.point)) { break }
      let centre = start.indices.map { i in
        simplex[..<last].reduce(0) { $0 + $1.point[i] } / Double(last)
      }
      func along(_ factor: Double) -> [Double] {
        start.indices.map { centre[$0] + factor * (simplex[last].point[$0] - centre[$0]) }
      }
      let reflected = evaluated(along(-1))
      if reflected.value < simplex[0].value {
        let expanded = evaluated(along(-2))
        simplex[last] = expanded.value < reflected.value ? expanded : reflected
      } else if reflected.value < simplex[last - 1].value {
        simplex[last] = reflected
      } else {
        let isInside = reflected.value >= simplex[last].value
        let contracted = evaluated(along(isInside ? 0.5 : -0.5))
        if contracted.value < min(reflected.value, simplex[last].value) {
          simplex[last] = contracted
        } else {
          for i in 1...last {
            simplex[i] = evaluated(
              zip(simplex[i].point, simplex[0].point).map { ($0 + $1) / 2 })
          }
        }
      }
    }
    simplex.sort { $0.value < $1.value }
    return Minimum(point: simplex[0].point, value: simplex[0].value, evaluations: evaluations)
  }

  private func isSmall(_ points: [[Double]]) -> Bool {
    guard let first = points.first else { return true }
    return first.indices.allSatisfy { i in
      points.allSatisfy { ($0[i] - first[i]).magnitude < tolerance }
    }
  }
}
