/// A small symmetric matrix: what least squares and its uncertainty need.
package struct SymmetricMatrix: Sendable, Hashable {
  /// Row by row; both triangles are kept.
  private var cells: [Double]
  package let size: Int

  package init(size: Int) {
    self.size = size
    cells = Array(repeating: 0, count: size * size)
  }

  package subscript(row: Int, column: Int) -> Double {
    get { cells[row * size + column] }
    set {
      cells[row * size + column] = newValue
      cells[column * size + row] = newValue
    }
  }

  /// AᵀWA of a matrix given by its rows.
  package static func normal(_ rows: [[Double]], weights: [Double]) -> SymmetricMatrix {
    var matrix = SymmetricMatrix(size: rows.first?.count ?? 0)
    for (row, weight) in zip(rows, weights) {
      for i in row.indices {
        for j in i..<row.count { matrix[i, j] += weight * row[i] * row[j] }
      }
    }
    return matrix
  }

  /// The solution of M·x = b by Cholesky's decomposition; nil where M is not positive definite.
  package func solve(_ b: [Double]) -> [Double]? {
    guard let factor = cholesky() else { return nil }
    var y = b
    for i in 0..<size {
      for j in 0..<i { y[i] -= factor[i * size + j] * y[j] }
      y[i] /= factor[i * size + i]
    }
    for i in (0..<size).reversed() {
      for j in (i + 1)..<max(i + 1, size) { y[i] -= factor[j * size + i] * y[j] }
      y[i] /= factor[i * size + i]
    }
    return y
  }

  package var inverse: SymmetricMatrix? {
    var result = SymmetricMatrix(size: size)
    for column in 0..<size {
      var unit = Array(repeating: 0.0, count: size)
      unit[column] = 1
      guard let solution = solve(unit) else { return nil }
      for row in column..<size { result[row, column] = solution[row] }
    }
    return result
  }

  /// The lower triangle L with M = L·Lᵀ, row by row.
  package func cholesky() -> [Double]? {
    var factor = Array(repeating: 0.0, count: size * size)
    for i in 0..<size {
      for j in 0...i {
        var sum = self[i, j]
        for k in 0..<j { sum -= factor[i * size + k] * factor[j * size + k] }
        if i == j {
          guard sum > 1e-14 * self[i, i], sum.isFinite else { return nil }
          factor[i * size + i] = sum.squareRoot()
        } else {
          factor[i * size + j] = sum / factor[j * size + j]
        }
      }
    }
    return factor
  }

  /// Eigenvalues, ascending, by Jacobi's rotations (Golub and Van Loan, Matrix Computations, 8.5).
  package var eigenvalues: [Double] {
    var matrix = self
    for _ in 0..<60 {
      var rest = 0.0
      for i in 0..<size {
        for j in 0..<size where i != j { rest += matrix[i, j] * matrix[i, j] }
      }
      if rest < 1e-22 { break }
      for p in 0..<size {
        for q in (p + 1)..<max(p + 1, size) { matrix.rotate(p, q) }
      }
    }
    return (0..<size).map { matrix[$0, $0] }.sorted()
  }

  private mutating func rotate(_ p: Int, _ q: Int) {
    guard self[p, q] != 0 else { return }
    let theta = (self[q, q] - self[p, p]) / (2 * self[p, q])
    let t = (theta >= 0 ? 1.0 : -1) / (theta.magnitude + (theta * theta + 1).squareRoot())
    let c = 1 / (t * t + 1).squareRoot()
    let s = t * c
    let (pp, qq, pq) = (self[p, p], self[q, q], self[p, q])
    for k in 0..<size where k != p && k != q {
      let (kp, kq) = (self[k, p], self[k, q])
      self[k, p] = c * kp - s * kq
      self[k, q] = s * kp + c * kq
    }
    self[p, p] = pp - t * pq
    self[q, q] = qq + t * pq
    self[p, q] = 0
  }
}
