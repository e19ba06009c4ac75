import Foundation

/// The Student-t interval for the mean of independent, about normal observations.
///
/// Statistical tests take 20 trials with the fixed `oracleSeeds` and ask that the exact answer lie
/// in the 99.9 % interval: a fixed tolerance is either flaky or blind.
package struct ConfidenceInterval: Sendable, CustomStringConvertible {
  package let mean: Double
  package let halfWidth: Double

  package var low: Double { mean - halfWidth }
  package var high: Double { mean + halfWidth }

  /// At least two observations.
  package init(of observations: [Double], level: Double = 0.999) {
    precondition(observations.count >= 2)
    let n = Double(observations.count)
    let mean = observations.reduce(0, +) / n
    let squares = observations.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    self.mean = mean
    halfWidth =
      studentTQuantile(twoSidedLevel: level, degreesOfFreedom: observations.count - 1)
      * (squares / (n - 1) / n).squareRoot()
  }

  package func contains(_ value: Double) -> Bool { low <= value && value <= high }

  package var description: String { "\(mean) ± \(halfWidth)" }
}

/// The t with P(|T| ≤ t) = `twoSidedLevel`.
package func studentTQuantile(twoSidedLevel level: Double, degreesOfFreedom: Int) -> Double {
  bisect(0, 1e9) { studentTProbabilityWithin($0, degreesOfFreedom: degreesOfFreedom) < level }
}

/// P(|T| ≤ t): the finite series in θ = arctan(t/√ν) of Abramowitz & Stegun 26.7.3 and 26.7.4.
func studentTProbabilityWithin(_ t: Double, degreesOfFreedom: Int) -> Double {
  let theta = atan(t / Double(degreesOfFreedom).squareRoot())
  let square = cos(theta) * cos(theta)
  let odd = degreesOfFreedom % 2 == 1
  if degreesOfFreedom == 1 { return 2 * theta / .pi }
  var term = odd ? cos(theta) : 1.0
  var sum = term
  var k = odd ? 2 : 1
  while k <= degreesOfFreedom - 3 {
    term *= square * Double(k) / Double(k + 1)
    sum += term
    k += 2
  }
  return odd ? 2 / .pi * (theta + sin(theta) * sum) : sin(theta) * sum
}

/// Where `isBelow` turns from true to false.
func bisect(_ low: Double, _ high: Double, isBelow: (Double) -> Bool) -> Double {
  var (low, high) = (low, high)
  for _ in 0..<200 {
    let middle = 0.5 * (low + high)
    if isBelow(middle) { low = middle } else { high = middle }
  }
  return 0.5 * (low + high)
}
