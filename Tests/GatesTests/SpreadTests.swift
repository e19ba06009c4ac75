import Primitives
import TestSupport
import Testing

@testable import Gates

@Suite("Intervals over trials")
struct SpreadTests {
  /// Abramowitz & Stegun table 26.10; any textbook.
  @Test(
    "Student's t has the tabulated quantiles",
    arguments: [
      (1, 0.95, 12.7062), (2, 0.95, 4.30265), (3, 0.90, 2.35336), (9, 0.95, 2.26216),
      (10, 0.99, 3.16927), (29, 0.95, 2.04523), (199, 0.95, 1.97196),
    ])
  func quantiles(degrees: Int, confidence: Double, t: Double) {
    let found = StudentT.quantile(central: confidence, degrees: degrees)
    #expect(abs(found - t) < 1e-4)
  }

  @Test("The mean's interval of 1, 2, 3, 4, 5 is 3 ± 2.7764 · 1.5811 / √5")
  func meanInterval() throws {
    let interval = try #require(Spread([4, 1, 5, 2, 3])?.meanInterval())
    #expect(abs(interval.lowerBound - 1.036757) < 1e-5)
    #expect(abs(interval.upperBound - 4.963243) < 1e-5)
  }

  @Test("One further value of 1, 2, 3, 4, 5 falls within 3 ± 2.1318 · 1.5811 · √1.2, not below 0")
  func prediction() throws {
    let interval = try #require(Spread([1, 2, 3, 4, 5])?.predictionInterval())
    #expect(interval.lowerBound == 0)
    #expect(abs(interval.upperBound - 6.692460) < 1e-4)
  }

  @Test("From 30 values on the prediction is read off their order")
  func orderStatistics() throws {
    // 39 values: ranks 0.05 · 40 = 2 and 38.
    let interval = try #require(Spread((1...39).map { Double($0 * $0) })?.predictionInterval())
    #expect(interval == 4...1_444)
  }

  @Test("One value has no interval, none has no spread")
  func few() {
    #expect(Spread([7])?.mean == 7)
    #expect(Spread([7])?.meanInterval() == nil)
    #expect(Spread([7])?.predictionInterval() == nil)
    #expect(Spread([]) == nil)
  }

  @Test("The intervals cover as often as they say, for normal and for exponential values")
  func coverage() {
    for normal in [true, false] {
      for size in [10, 60] {
        var (covered, predicted) = (0, 0)
        for repetition in 0..<1_000 {
          var stream = SplitMix(seed: UInt64(repetition * 4 + (normal ? 1 : 0) * 2 + size / 60))
          let values = (0...size).map { _ in
            let u = stream.uniform()
            return normal ? 100 + Double.normalQuantile(u) : -100 * Double.log(u)
          }
          guard let spread = Spread(Array(values.dropLast())) else { continue }
          if spread.meanInterval()?.contains(100) == true { covered += 1 }
          if spread.predictionInterval()?.contains(values[size]) == true { predicted += 1 }
        }
        // Exponential values bend Student's t; order statistics hold for any distribution.
        let meanTarget = normal ? 0.95 : size == 10 ? 0.90 : 0.94
        #expect(abs(Double(covered) / 1_000 - meanTarget) < 0.02)
        #expect(abs(Double(predicted) / 1_000 - 0.90) < (normal || size == 60 ? 0.025 : 0.05))
      }
    }
  }
}

/// SplitMix64 (Steele, Lea and Flood 2014).
private struct SplitMix {
  private var state: UInt64
  init(seed: UInt64) { state = seed &* 0xD134_2543_DE82_EF95 &+ 99 }
  mutating func uniform() -> Double {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return (Double((z ^ (z >> 31)) >> 12) + 0.5) * 0x1p-52
  }
}
