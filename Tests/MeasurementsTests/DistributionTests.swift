import Primitives
import TestSupport
import Testing

@testable import Measurements

@Suite("A distribution")
struct DistributionTests {
  /// From 10 µs to 1,000 s, most of them short.
  private func values(_ seed: UInt64, _ count: Int) -> [Int64] {
    var state = seed
    return (0..<count).map { _ in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let magnitude = Int64(1) << Int64(state >> 60)
      return 10_000 + Int64(state >> 40) * magnitude
    }
  }

  @Test("p50 <= p95 <= p99 <= p99.9 <= max, at any size", arguments: [1, 2, 19, 1_000, 20_000])
  func ordered(count: Int) {
    for seed in oracleSeeds {
      var distribution = Distribution()
      let values = values(seed, count)
      for value in values { distribution.record(value) }
      let quantiles = [0.5, 0.95, 0.99, 0.999].map { distribution.quantile($0) ?? -1 }
      let ladder = quantiles + [distribution.max ?? -1]
      #expect(ladder == ladder.sorted())
      #expect(distribution.max == values.max().map { Double($0) / 1e9 })
    }
  }

  @Test("Quantiles lie within a thousandth of the sorted values'")
  func accurate() {
    let values = values(7, 20_000).sorted()
    var distribution = Distribution()
    for value in values.reversed() { distribution.record(value) }
    for (q, rank) in [(0.5, 10_000), (0.95, 19_000), (0.99, 19_800), (0.999, 19_980)] {
      let exact = Double(values[rank - 1]) / 1e9
      #expect(abs((distribution.quantile(q) ?? -1) - exact) <= exact * 1e-3 + 1e-6)
    }
  }

  @Test("Neither the order of merging nor weights instead of repetition change anything")
  func merged() {
    let parts = (1...4).map { values($0, 500) }
    func distribution(_ values: [Int64]) -> Distribution {
      values.reduce(into: Distribution()) { $0.record($1) }
    }
    let whole = distribution(parts.flatMap { $0 })
    for order in [[0, 1, 2, 3], [3, 1, 0, 2], [2, 3, 1, 0]] {
      let merged = order.reduce(into: Distribution()) { $0.merge(distribution(parts[$1])) }
      #expect(merged.mean == whole.mean)
      #expect(merged.max == whole.max)
      #expect(merged.quantile(0.99) == whole.quantile(0.99))
    }
    var weighted = Distribution()
    for value in parts[0] { weighted.record(value, weight: 3) }
    let repeated = distribution(parts[0] + parts[0] + parts[0])
    #expect(weighted.mean == repeated.mean)
    #expect(weighted.quantile(0.95) == repeated.quantile(0.95))
    #expect(weighted.count == repeated.count)
  }

  @Test("Empty, it has nothing to say; hours and single nanoseconds fit")
  func extremes() {
    #expect(Distribution().mean == nil)
    #expect(Distribution().quantile(0.5) == nil)
    var wide = Distribution()
    wide.record(1)
    wide.record(400 * 3_600 * 1_000_000_000)
    #expect(wide.max == 1_440_000)
    #expect(wide.count == 2)
  }
}
