import TestSupport

/// How a case's estimates compare with its closed form.
struct OracleVerdict: Sendable {
  let quantity: OracleCase.Quantity
  /// One for each seed.
  let estimates: [Double]
  /// Where the closed form has to lie; a point where the seed does not matter.
  let interval: ClosedRange<Double>

  init(quantity: OracleCase.Quantity, estimates: [Double], scale: Double) {
    self.quantity = quantity
    self.estimates = estimates
    let mean = estimates.reduce(0, +) / Double(estimates.count)
    switch quantity.acceptance {
    case .within: interval = mean...mean
    case .interval:
      let half = ConfidenceInterval(of: estimates).halfWidth
      interval = mean - half...mean + half
    case .poisson(let transactions, _):
      let one = OracleRun(seed: 1, scale: scale).customers(transactions)
      interval = Self.poisson(mean, of: Double(one * estimates.count))
    }
  }

  var mean: Double { estimates.reduce(0, +) / Double(estimates.count) }
  var halfWidth: Double { (interval.upperBound - interval.lowerBound) / 2 }

  var isInside: Bool {
    if case .within(let share) = quantity.acceptance {
      return estimates.allSatisfy {
        abs($0 - quantity.closedForm) <= share * abs(quantity.closedForm)
      }
    }
    return interval.contains(quantity.closedForm)
  }

  var isPrecise: Bool {
    switch quantity.acceptance {
    case .interval(let limit), .poisson(_, let limit):
      halfWidth <= limit * abs(quantity.closedForm)
    case .within: true
    }
  }

  /// The 99.9 % interval of a rate that was counted in `exposure` (Garwood, Biometrika 28 (1936)).
  private static func poisson(_ rate: Double, of exposure: Double) -> ClosedRange<Double> {
    let count = Int((rate * exposure).rounded())
    func limit(_ degrees: Int, _ significance: Double) -> Double {
      degrees == 0
        ? 0 : chiSquareCritical(degreesOfFreedom: degrees, significance: significance) / 2
    }
    return limit(2 * count, 0.9995) / exposure...limit(2 * count + 2, 0.0005) / exposure
  }
}
