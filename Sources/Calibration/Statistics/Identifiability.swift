/// Whether metrics tell parameters apart, from the sensitivities ∂ln metric / ∂ln parameter, each over
/// its metric's noise.
package struct Identifiability: Sendable, Hashable {
  /// Of JᵀJ with columns of length one; beyond 10⁴ some combination is not seen.
  package let condition: Double
  /// 1/√ of the smallest eigenvalue of the same (Brun, Reichert and Künsch 2001); beyond 10 one
  /// parameter can make up for the others.
  package let collinearity: Double
  /// Length of each column before it is scaled: 0 for a parameter that moves nothing.
  package let sensitivities: [Double]
  /// Standard deviation of each ln parameter; nil where they are not told apart.
  package let deviations: [Double]?

  package static let greatestCondition = 1e4
  package static let greatestCollinearity = 10.0

  /// `jacobian` has a row for each metric.
  package init(jacobian: [[Double]]) {
    let width = jacobian.first?.count ?? 0
    let lengths = (0..<width).map { column in
      jacobian.reduce(0) { $0 + $1[column] * $1[column] }.squareRoot()
    }
    sensitivities = lengths
    let scaled = jacobian.map { row in zip(row, lengths).map { $1 > 0 ? $0 / $1 : 0 } }
    let ones = Array(repeating: 1.0, count: jacobian.count)
    let eigenvalues = SymmetricMatrix.normal(scaled, weights: ones).eigenvalues
    let (least, most) = (max(0, eigenvalues.first ?? 0), eigenvalues.last ?? 0)
    condition = least > 0 ? most / least : .infinity
    collinearity = least > 0 ? 1 / least.squareRoot() : .infinity
    deviations = SymmetricMatrix.normal(jacobian, weights: ones).inverse.map { inverse in
      (0..<width).map { max(0, inverse[$0, $0]).squareRoot() }
    }
  }

  package var isIdentifiable: Bool {
    deviations != nil && condition < Self.greatestCondition
      && collinearity < Self.greatestCollinearity && sensitivities.allSatisfy { $0 > 0 }
  }
}
