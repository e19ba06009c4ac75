import Foundation
import TestSupport
import Testing

/// The statistics that judge everything else, against printed tables.
@Suite("Test statistics")
struct StatisticsTests {
  @Test(
    "Student's t (Abramowitz & Stegun, table 26.10)",
    arguments: [
      (1, 0.95, 12.706), (2, 0.95, 4.303), (9, 0.95, 2.262), (19, 0.999, 3.883), (30, 0.99, 2.750),
      (120, 0.95, 1.980),
    ])
  func studentT(degrees: Int, level: Double, expected: Double) {
    let t = studentTQuantile(twoSidedLevel: level, degreesOfFreedom: degrees)
    #expect((t - expected).magnitude < 0.0006)
  }

  @Test(
    "Chi-square (Abramowitz & Stegun, table 26.8)",
    arguments: [
      (1, 0.05, 3.84146), (2, 0.01, 9.21034), (5, 0.001, 20.515), (10, 0.05, 18.307),
      (99, 0.001, 148.230), (100, 0.001, 149.449),
    ])
  func chiSquareValues(degrees: Int, significance: Double, expected: Double) {
    let value = chiSquareCritical(degreesOfFreedom: degrees, significance: significance)
    #expect((value - expected).magnitude < 0.0006)
  }

  @Test("An interval by hand: 1, 2, 3 at 95 % is 2 ± 4.303/√3")
  func interval() {
    let interval = ConfidenceInterval(of: [1, 2, 3], level: 0.95)
    #expect(interval.mean == 2)
    #expect((interval.halfWidth - 4.30265 / 3.0.squareRoot()).magnitude < 1e-4)
    #expect(interval.contains(4.4) && !interval.contains(4.5))
  }

  @Test("Pearson's statistic by hand")
  func pearson() {
    #expect(chiSquare(observed: [8, 12], expected: [10, 10]) == 0.8)
    #expect(chiSquareOfUniform([8, 12]) == 0.8)
  }

  @Test("The slope of y = 5 x^1.5 is 1.5")
  func slope() {
    let points = [1.0, 2, 10, 300].map { (x: $0, y: 5 * pow($0, 1.5)) }
    #expect((logLogSlope(points) - 1.5).magnitude < 1e-12)
  }

  @Test("withEvery names the failing case at every level")
  func withEveryNamesTheCase() {
    struct Odd: Error {}
    let error = #expect(throws: FailedCase.self) {
      try withEvery("a", in: [2, 4]) { a in
        try withEvery("b", in: [6, 7]) { b in if (a * b) % 4 == 2 || b % 2 == 1 { throw Odd() } }
      }
    }
    #expect(error?.description == "a = 2, b = 7, Odd()")
  }
}
