import Primitives

/// Means of what an experiment observes, freed from what the luck of its inputs explains.
///
/// The run is cut into blocks. By how much a block's inputs missed their known means explains a part
/// of what was observed in it; the regression's share of that is taken off (control variates:
/// Lavenberg, Welch, Management Science 27 (1981), p. 322). What has no part in the inputs, such as
/// a component's mistake, stays.
struct ControlledMeans {
  private let outputs: Int
  private let controls: Int
  /// Of each block, its outputs and then its controls.
  private var blocks: [[Double]] = []

  init(outputs: Int, controls: Int) {
    self.outputs = outputs
    self.controls = controls
  }

  /// Adds a block's means, and by how much the means of its inputs exceed those of their laws.
  mutating func add(_ values: [Double], excesses: [Double]) {
    precondition(values.count == outputs && excesses.count == controls)
    blocks.append(values + excesses)
  }

  /// Of outputs, then of controls, as they were seen.
  var rawMeans: [Double] {
    (0..<outputs + controls).map { column in
      blocks.reduce(0) { $0 + $1[column] } / Double(blocks.count)
    }
  }

  /// Of outputs.
  var means: [Double] {
    let raw = rawMeans
    let columns = Array(outputs..<outputs + controls)
    let covariances = columns.map { a in columns.map { covariance(a, $0, raw) } }
    return (0..<outputs).map { output in
      let shares = Self.solve(covariances, columns.map { covariance($0, output, raw) })
      return zip(shares, columns).reduce(raw[output]) { $0 - $1.0 * raw[$1.1] }
    }
  }

  private func covariance(_ a: Int, _ b: Int, _ raw: [Double]) -> Double {
    blocks.reduce(0) { $0 + ($1[a] - raw[a]) * ($1[b] - raw[b]) }
  }

  /// Solves a positive semidefinite system by elimination; what depends on what came before is 0.
  static func solve(_ matrix: [[Double]], _ right: [Double]) -> [Double] {
    var rows = zip(matrix, right).map { $0 + [$1] }
    let count = right.count
    var isIndependent = [Bool](repeating: false, count: count)
    for pivot in 0..<count {
      isIndependent[pivot] = rows[pivot][pivot] > 1e-9 * matrix[pivot][pivot]
      guard isIndependent[pivot] else { continue }
      for other in 0..<count where other != pivot {
        let factor = rows[other][pivot] / rows[pivot][pivot]
        for column in pivot...count { rows[other][column] -= factor * rows[pivot][column] }
      }
    }
    return rows.indices.map { isIndependent[$0] ? rows[$0][count] / rows[$0][$0] : 0 }
  }
}

/// What comes to a queue, against the means that follow from its law: the controls of its waits.
///
/// Beside gaps and services the past load, which a wait depends on most: V = Σ Sⱼ e^{−θ(t − tⱼ)} over
/// the arrivals before t, whose cumulants are λ E[Sᵏ]/(kθ) (Campbell's theorem). An arrival sees its
/// time averages (PASTA).
struct ArrivalControls {
  static let count = 6

  /// θ for each unit of time.
  private let decay: Double
  private let means: [Double]
  private var load: Double
  private var sums = [Double](repeating: 0, count: count)
  private var arrivals = 0

  /// `moments`: E[S], E[S²] and E[S³].
  init(rate: Double, moments: [Double], decay: Double) {
    self.decay = decay
    let cumulants = moments.enumerated().map { rate * $1 / (Double($0 + 1) * decay) }
    let (first, second, third) = (cumulants[0], cumulants[1], cumulants[2])
    load = first
    means = [
      1 / rate, moments[0], moments[1], first, second + first * first,
      third + 3 * second * first + first * first * first,
    ]
  }

  mutating func arrive(gap: Double, service: Double) {
    load *= Double.exp(-decay * gap)
    arrivals += 1
    sums[0] += gap
    sums[1] += service
    sums[2] += service * service
    sums[3] += load
    sums[4] += load * load
    sums[5] += load * load * load
    load += service
  }

  /// The excesses since the last call.
  mutating func endBlock() -> [Double] {
    defer {
      sums = [Double](repeating: 0, count: Self.count)
      arrivals = 0
    }
    return zip(sums, means).map { $0 / Double(arrivals) - $1 }
  }
}
