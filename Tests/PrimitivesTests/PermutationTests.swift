import Primitives
import TestSupport
import Testing

@Suite("Permutation")
struct PermutationTests {
  private func permutation(_ count: Int, seed: UInt64 = 1) -> Permutation {
    Permutation(count: count, key: RandomKey(seed: seed, trial: 0, entity: 0, purpose: 0))
  }

  @Test("Every size up to 2,000 is a bijection with the right inverse")
  func bijection() throws {
    try withEvery("count", in: 1...2000) { count in
      let permutation = permutation(count)
      var seen = [Bool](repeating: false, count: count)
      for x in 0..<count {
        let y = permutation[x]
        try #require(y >= 0 && y < count && !seen[y])
        seen[y] = true
        try #require(permutation.position(of: y) == x)
      }
    }
  }

  @Test(
    "The inverse holds at sizes no table could", arguments: [240_000_000, 1 << 40, 999_999_999_989])
  func largeInverse(count: Int) {
    let permutation = permutation(count)
    for i in 0..<1000 {
      let x = i * (count / 1000)
      #expect(permutation.position(of: permutation[x]) == x)
    }
    #expect(permutation.position(of: permutation[count - 1]) == count - 1)
  }

  /// Over keys, each position must go everywhere equally often, and so must pairs of positions:
  /// what too few Feistel rounds get wrong first, and on small domains most.
  @Test("Over keys, images are uniform, and so are differences", arguments: [5, 9, 16, 101, 1000])
  func uniformOverKeys(count: Int) {
    var images = [Int](repeating: 0, count: count)
    var differences = [Int](repeating: 0, count: count)
    for seed in 0..<UInt64(20_000) {
      let permutation = permutation(count, seed: seed)
      images[permutation[0]] += 1
      differences[(permutation[1] - permutation[0] + count) % count] += 1
    }
    #expect(chiSquareOfUniform(images) < chiSquareCritical(degreesOfFreedom: count - 1))
    #expect(differences[0] == 0)
    #expect(
      chiSquareOfUniform(Array(differences.dropFirst()))
        < chiSquareCritical(degreesOfFreedom: count - 2))
  }

  @Test("Under one key, the images of neighbours are spread evenly and unrelated")
  func spread() {
    let count = 1_000_003
    let permutation = permutation(count)
    var cells = [Int](repeating: 0, count: 100)
    var steps = cells
    for x in 0..<20_000 {
      cells[permutation[x] * 100 / count] += 1
      steps[(permutation[x + 1] - permutation[x] + count) % count * 100 / count] += 1
    }
    let critical = chiSquareCritical(degreesOfFreedom: 99)
    #expect(chiSquareOfUniform(cells) < critical)
    #expect(chiSquareOfUniform(steps) < critical)
  }

  @Test("The numbers never change")
  func golden() {
    #expect(
      (0..<5).map { permutation(240_000_000)[$0] } == [
        180_309_028, 160_072_939, 233_799_661, 134_380_156, 217_628_654,
      ])
  }
}
