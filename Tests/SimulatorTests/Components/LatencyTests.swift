import Primitives
import Scenarios
import Testing

@testable import Simulator

@Suite("Latency")
struct LatencyTests {
  private let key = RandomKey(seed: 3, trial: 0, entity: 7, purpose: 1)

  /// The sample's quantile at `share`, seconds, and its mean.
  private func sample(_ latency: Latency) -> (quantile: (Double) -> Double, mean: Double) {
    let draws = (0..<100_000).map {
      latency.draw(sumOf: 1, from: key, at: UInt64($0)).seconds
    }.sorted()
    return (
      { draws[Int($0 * Double(draws.count))] }, draws.reduce(0, +) / Double(draws.count)
    )
  }

  @Test("A measured law comes back as it was measured: the median, the quantiles, the heavy tail")
  func measured() throws {
    let table = ["0.05": 2.0, "0.25": 3, "0.5": 4, "0.75": 6, "0.95": 16, "0.99": 120]
    let scatter = try #require(Quantiles(table))
    let latency = Latency(median: .microseconds(400), scatter: scatter)
    let (quantile, mean) = sample(latency)
    for (share, value) in [(0.05, 200e-6), (0.25, 300e-6), (0.5, 400e-6), (0.75, 600e-6)] {
      #expect(abs(quantile(share) / value - 1) < 0.02, "\(share)")
    }
    #expect(abs(quantile(0.95) / 1_600e-6 - 1) < 0.05)
    #expect(abs(quantile(0.99) / 12e-3 - 1) < 0.1)
    #expect(abs(mean / latency.mean.seconds - 1) < 0.1)
  }

  @Test("Two quantiles of a lognormal law give that law")
  func lognormal() throws {
    // Median 1, deviation of the logarithm 0.5.
    let high = Double.exp(0.5 * Double.normalQuantile(0.9))
    let scatter = try #require(Quantiles(["0.1": 1 / high, "0.5": 1, "0.9": high]))
    let latency = Latency(median: .seconds(1), scatter: scatter)
    #expect(abs(latency.mean.seconds - Double.exp(0.125)) < 0.002)
    let variation = (Double.exp(0.25) - 1).squareRoot()
    #expect(abs(latency.variation / variation - 1) < 0.02)
  }

  @Test(
    "A table that says nothing is no law",
    arguments: [[:], ["0.5": 1.0], ["0.5": 0, "0.9": 1], ["0.9": 1, "0.95": 2]])
  func nothing(table: [String: Double]) {
    #expect(Quantiles(table) == nil)
  }
}
