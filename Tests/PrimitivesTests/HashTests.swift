import Primitives
import Testing

@Suite("Hashes")
struct HashTests {
  private func hash(_ words: UInt64...) -> UInt64 {
    var hash = TraceHash()
    for word in words { hash.combine(word) }
    return hash.value
  }

  @Test("A trace's hash depends on every word, their order and their number")
  func traceHash() {
    let hashes = [
      hash(), hash(0), hash(0, 0), hash(1), hash(1, 2), hash(2, 1), hash(1 << 63), hash(1 << 63, 0),
      hash(1, 2, 0), hash(3),
    ]
    #expect(Set(hashes).count == hashes.count)
  }

  @Test("An instant counts as its nanoseconds")
  func instant() {
    var hash = TraceHash()
    hash.combine(Instant(nanoseconds: 42))
    #expect(hash.value == self.hash(42))
  }

  @Test("The numbers never change")
  func golden() {
    #expect(hash(1, 2, 3) == 1_846_738_179_671_527_812)
    #expect(stableHash(of: "") == 17_665_956_581_633_026_203)
    #expect(stableHash(of: "checkout") == 515_878_789_929_431_076)
    #expect(stableHash(of: "größe") == 13_731_609_136_773_574_632)
  }

  @Test("Short names differ in their high bits too")
  func spread() {
    let names = (0..<1000).map { "class-\($0)" }
    #expect(Set(names.map { stableHash(of: $0) >> 40 }).count == 1000)
  }
}
