import Gates
import Primitives
import Testing

@testable import Measurements

@Suite("Paired differences")
struct PairedDifferenceTests {
  /// Worked by hand: differences 1, 2, 3 have the mean 2, the deviation 1, and t(2) is 4.3027.
  @Test("The interval is Student's of the differences")
  func interval() throws {
    let found = try #require(PairedDifference([10, 20, 30], [11, 22, 33]))
    #expect(found.value == 2)
    #expect(found.n == 3)
    let half = 4.302652729749 / 3.0.squareRoot()
    #expect(abs(try #require(found.low) - (2 - half)) < 1e-9)
    #expect(abs(try #require(found.high) - (2 + half)) < 1e-9)
    #expect(!found.isSignificant)
  }

  /// Variances 100 and 121 over three trials each: degrees (221/3)² · 2 / ((100/3)² + (121/3)²), 3.96,
  /// rounded down to 3, where t is 3.1824.
  @Test("Without pairing it would be Welch's")
  func welch() throws {
    let found = try #require(PairedDifference([10, 20, 30], [11, 22, 33]))
    let unpaired = try #require(found.unpaired)
    let half = 3.182446305284 * (221.0 / 3).squareRoot()
    #expect(abs(unpaired.upperBound - 2 - half) < 1e-9)
    #expect(abs(try #require(found.narrowing) - half / (4.302652729749 / 3.0.squareRoot())) < 1e-9)
  }

  @Test("What both have in common cancels")
  func common() throws {
    var stream = RandomStream(RandomKey(seed: 5, trial: 0, entity: 0, purpose: 1))
    let shared = (0..<20).map { _ in 100 * stream.exponential() }
    let a: [Double?] = shared.map { $0 + stream.exponential() }
    let b: [Double?] = shared.map { $0 + 3 + stream.exponential() }
    let found = try #require(PairedDifference(a, b))
    #expect(try #require(found.narrowing) > 20)
    #expect(found.isSignificant)
    #expect((try #require(found.low)...(try #require(found.high))).contains(3))
  }

  @Test("A trial without a value takes its pair with it")
  func missing() throws {
    let found = try #require(PairedDifference([1, nil, 3, 4], [2, 9, nil, 6]))
    #expect(found.n == 2)
    #expect(found.value == 1.5)
    #expect(PairedDifference([nil], [1]) == nil)
    #expect(PairedDifference([], []) == nil)
  }

  @Test("One that does not end is endlessly longer, and two that do not end are not compared")
  func endless() throws {
    let found = try #require(PairedDifference([5, 6], [.infinity, 7]))
    #expect(found.value == .infinity)
    #expect(found.low == nil)
    #expect(found.isSignificant)
    #expect(PairedDifference([.infinity], [.infinity]) == nil)
    #expect(PairedDifference([.infinity, 1], [1, .infinity]) == nil)
    #expect(PairedDifference([.infinity, 1, 2], [.infinity, 2, 4])?.value == 1.5)
  }

  @Test("One pair gives a value without an interval, equal trials an interval of no width")
  func degenerate() throws {
    let one = try #require(PairedDifference([1], [3]))
    #expect(one.value == 2 && one.low == nil && !one.isSignificant)
    let same = try #require(PairedDifference([1, 2, 3], [1, 2, 3]))
    #expect(same.low == 0 && same.high == 0 && !same.isSignificant && same.narrowing == nil)
  }
}
