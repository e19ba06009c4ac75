import Foundation

/// Pearson's statistic of observed counts against expected ones, each best at 5 or more.
package func chiSquare(observed: [Int], expected: [Double]) -> Double {
  precondition(observed.count == expected.count)
  return zip(observed, expected).reduce(0) { sum, cell in
    let difference = Double(cell.0) - cell.1
    return sum + difference * difference / cell.1
  }
}

/// Pearson's statistic against equal expectations.
package func chiSquareOfUniform(_ observed: [Int]) -> Double {
  let mean = Double(observed.reduce(0, +)) / Double(observed.count)
  return chiSquare(observed: observed, expected: Array(repeating: mean, count: observed.count))
}

/// The value that a chi-square variate exceeds with probability `significance`.
package func chiSquareCritical(degreesOfFreedom: Int, significance: Double = 0.001) -> Double {
  let centre = Double(degreesOfFreedom)
  return bisect(0, centre + 60 * centre.squareRoot() + 200) {
    chiSquareTail($0, degreesOfFreedom: degreesOfFreedom) > significance
  }
}

/// P(χ² > x): the finite sums of Abramowitz & Stegun 26.4.4 and 26.4.5.
func chiSquareTail(_ x: Double, degreesOfFreedom: Int) -> Double {
  guard x > 0 else { return 1 }
  let half = x / 2
  let start = degreesOfFreedom % 2 == 0 ? 0 : 0.5
  var sum = degreesOfFreedom % 2 == 0 ? 0 : erfc(half.squareRoot())
  var j = start
  while j < Double(degreesOfFreedom) / 2 {
    sum += exp(j * log(half) - half - lgamma(j + 1))
    j += 1
  }
  return sum
}
