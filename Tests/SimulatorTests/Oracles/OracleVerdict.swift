/// How a case's estimates compare with its closed form.
struct OracleVerdict: Sendable {
  var quantity: OracleCase.Quantity
  var estimates: [Double]

  var mean: Double { estimates.reduce(0, +) / Double(estimates.count) }

  /// Half-width of the 99.9 % Student-t interval over 20 seeds; 0 where the seed does not matter.
  var halfWidth: Double {
    if estimates.count == 1 { return 0 }
    precondition(estimates.count == 20, "the quantile below is that of 19 degrees of freedom")
    let squares = estimates.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    return Self.studentQuantile * (squares / 19 / 20).squareRoot()
  }

  /// t for 19 degrees of freedom at 0.9995.
  private static let studentQuantile = 3.8834

  var isInside: Bool {
    switch quantity.acceptance {
    case .interval: abs(mean - quantity.closedForm) <= halfWidth
    case .within(let share):
      estimates.allSatisfy { abs($0 - quantity.closedForm) <= share * abs(quantity.closedForm) }
    }
  }

  var isPrecise: Bool {
    switch quantity.acceptance {
    case .interval(let limit): halfWidth <= limit * abs(quantity.closedForm)
    case .within: true
    }
  }
}
