/// Coefficients of values that are sums of known amounts times unknown costs.
package enum LinearFit {
  /// The costs, none negative, that come nearest to the values in weighted least squares; nil where
  /// the amounts do not tell the costs apart.
  ///
  /// A cost that would be negative is taken as zero and the others are fitted again (the passive set
  /// of Lawson and Hanson, Solving Least Squares Problems, chapter 23, for problems where few are).
  package static func costs(
    _ amounts: [[Double]], _ values: [Double], weights: [Double]? = nil
  ) -> [Double]? {
    let weights = weights ?? Array(repeating: 1, count: values.count)
    guard let width = amounts.first?.count, amounts.count >= width else { return nil }
    var free = Array(0..<width)
    while !free.isEmpty {
      // Scaled columns: amounts of one row and of a thousand stand side by side.
      let scales = free.map { column in
        max(1e-300, amounts.map { $0[column].magnitude }.max() ?? 1)
      }
      let rows = amounts.map { row in zip(free, scales).map { row[$0] / $1 } }
      let normal = SymmetricMatrix.normal(rows, weights: weights)
      let right = free.indices.map { i in
        zip(zip(rows, values), weights).reduce(0) { $0 + $1.1 * $1.0.0[i] * $1.0.1 }
      }
      guard let solution = normal.solve(right) else { return nil }
      let lowest = solution.enumerated().min { $0.element < $1.element }
      guard let lowest, lowest.element < 0 else {
        var costs = Array(repeating: 0.0, count: width)
        for (index, column) in free.enumerated() { costs[column] = solution[index] / scales[index] }
        return costs
      }
      free.remove(at: lowest.offset)
    }
    return Array(repeating: 0, count: width)
  }
}
