/// Pages touched at least once when `touches` fall evenly on `pages`: P·(1 − e^(−m/P)).
///
/// The limit of the occupancy problem. It is the number of page images in one checkpoint interval.
package func distinctPages(touches: Double, pages: Double) -> Double {
  pages > 0 ? pages * (1 - negativeExponential(touches / pages)) : 0
}

/// e^(−x) for x ≥ 0, by halving the argument until the series is exact to a double's precision;
/// written out because this module links no C library.
func negativeExponential(_ x: Double) -> Double {
  if x > 700 { return 0 }
  var halvings = 0
  var reduced = x
  while reduced > 0.5 {
    reduced /= 2
    halvings += 1
  }
  var term = 1.0
  var sum = 1.0
  for k in 1...18 {
    term *= -reduced / Double(k)
    sum += term
  }
  for _ in 0..<halvings { sum *= sum }
  return sum
}
