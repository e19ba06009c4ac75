import EventKernel
import Primitives
import Testing

@Suite("A waiting line")
struct WaitingLineTests {
  @Test("Who came first is served first, however the ring turns and grows")
  func order() {
    var line = WaitingLine<Int32>()
    var expected: [Int32] = []
    var random = RandomStream(RandomKey(seed: 1, trial: 0, entity: 0, purpose: 0))
    for id in Int32(0)..<5_000 {
      line.append(id)
      expected.append(id)
      for _ in 0..<random.below(3) { #expect(line.popFirst() == expected.popFirst()) }
      #expect(line.count == expected.count)
      #expect(line.first == expected.first)
    }
    while let id = line.popFirst() { #expect(id == expected.popFirst()) }
    #expect(expected.isEmpty)
    #expect(line.popFirst() == nil)
  }

  @Test("Who leaves from the middle does not disturb the others, across the ring's seam too")
  func leaving() {
    for turn in 0..<8 {
      for leaver in Int32(0)..<6 {
        var line = WaitingLine<Int32>()
        for _ in 0..<turn {
          line.append(99)
          _ = line.popFirst()
        }
        for id in Int32(0)..<6 { line.append(id) }
        #expect(line.remove(leaver) == true)
        #expect(line.remove(leaver) == false)
        #expect((0..<line.count).map { line[$0] } == (0..<6).filter { $0 != leaver })
        line.append(7)
        #expect(line[5] == 7)
      }
    }
  }

  @Test("An emptied line starts over")
  func emptied() {
    var line = WaitingLine<Int32>()
    for id in Int32(0)..<20 { line.append(id) }
    line.removeAll()
    #expect(line.popFirst() == nil)
    line.append(5)
    #expect(line.popFirst() == 5)
  }
}

extension Array {
  fileprivate mutating func popFirst() -> Element? { isEmpty ? nil : removeFirst() }
}
