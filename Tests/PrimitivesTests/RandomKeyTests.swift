import Primitives
import TestSupport
import Testing

@Suite("RandomKey")
struct RandomKeyTests {
  private let key = RandomKey(seed: 7, trial: 0, entity: 1, purpose: 1)

  /// A change detector: these numbers are in every stored result.
  @Test("The numbers never change")
  func golden() {
    #expect(key.bits(0) == 9_793_873_519_709_961_947)
    #expect(key.bits(1) == 13_568_749_641_624_872_602)
    #expect(key.child(3).bits(1 << 40) == 8_845_479_670_559_414_645)
    #expect(key.uniform(0) == 0.5309269473558896)
    #expect(key.exponential(0) == 0.6331308428055504)
    #expect(key.normal(0) == 0.07760017234065811)
  }

  @Test("Every argument matters, and their order")
  func everyArgumentMatters() {
    let keys = [
      key,
      RandomKey(seed: 8, trial: 0, entity: 1, purpose: 1),
      RandomKey(seed: 7, trial: 1, entity: 1, purpose: 1),
      RandomKey(seed: 7, trial: 0, entity: 2, purpose: 1),
      RandomKey(seed: 7, trial: 0, entity: 1, purpose: 2),
      RandomKey(seed: 0, trial: 7, entity: 1, purpose: 1),
      key.child(0), key.child(1), key.child(0).child(0),
    ]
    #expect(Set(keys.map { $0.bits(0) }).count == keys.count)
  }

  /// Consecutive numbers of a key, and the same number of consecutive keys, trials, purposes and
  /// children, at both ends of the word: each must look uniform, also in pairs.
  @Test("Every projection is uniform", arguments: Projection.allCases)
  func uniformity(_ projection: Projection) {
    let draws = 1 << 16
    let critical = chiSquareCritical(degreesOfFreedom: 255, significance: 1e-4)
    var top = [Int](repeating: 0, count: 256)
    var bottom = top
    var pairs = top
    var previous: UInt64 = 0
    for i in 0..<draws {
      let bits = projection.bits(UInt64(i))
      top[Int(bits >> 56)] += 1
      bottom[Int(bits & 255)] += 1
      pairs[Int((bits >> 60) << 4 | previous >> 60)] += 1
      previous = bits
    }
    #expect(chiSquareOfUniform(top) < critical)
    #expect(chiSquareOfUniform(bottom) < critical)
    #expect(chiSquareOfUniform(pairs) < critical)
  }

  enum Projection: CaseIterable {
    case index, everyMillionth, highIndex, seed, trial, entity, purpose, child, siblings

    func bits(_ i: UInt64) -> UInt64 {
      let key = RandomKey(seed: 1, trial: 0, entity: 0, purpose: 0)
      return switch self {
      case .index: key.bits(i)
      case .everyMillionth: key.bits(i * 1_000_000)
      case .highIndex: key.bits(i << 44)
      case .seed: RandomKey(seed: i, trial: 0, entity: 0, purpose: 0).bits(0)
      case .trial: RandomKey(seed: 1, trial: Int(i), entity: 0, purpose: 0).bits(0)
      case .entity: RandomKey(seed: 1, trial: 0, entity: i, purpose: 0).bits(0)
      case .purpose: RandomKey(seed: 1, trial: 0, entity: 0, purpose: i).bits(0)
      case .child: key.child(i).bits(0)
      // Two keys side by side: their sum shows a shifted or a shared sequence.
      case .siblings: key.child(0).bits(i) &+ key.child(1).bits(i)
      }
    }
  }

  @Test("One flipped bit of the index flips half of the 64")
  func avalanche() {
    for bit in 0..<64 {
      var flips = 0
      for i in 0..<UInt64(500) {
        flips += (key.bits(i << 20) ^ key.bits(i << 20 ^ 1 << UInt64(bit))).nonzeroBitCount
      }
      // 32,000 fair coins: five standard deviations are 447.
      #expect((flips - 16_000).magnitude < 450)
    }
  }

  @Test("A uniform number is never 0 nor 1")
  func openInterval() {
    var stream = RandomStream(key)
    for _ in 0..<10_000 {
      let u = stream.uniform()
      #expect(u > 0 && u < 1)
    }
  }

  @Test("below(n) reaches both ends and stays inside")
  func below() {
    var counts = [Int](repeating: 0, count: 7)
    for i in 0..<UInt64(70_000) { counts[key.below(7, i)] += 1 }
    #expect(chiSquareOfUniform(counts) < chiSquareCritical(degreesOfFreedom: 6))
    #expect(key.below(1, 5) == 0)
  }
}
