import Primitives
import TestSupport
import Testing

@testable import Simulator

@Suite("The index of row locks")
struct LockIndexTests {
  @Test("Inserts, finds and removals agree with a dictionary's")
  func twin() throws {
    try withEvery("seed", in: oracleSeeds.prefix(5)) { seed in
      var random = RandomStream(RandomKey(seed: seed, trial: 0, entity: 0, purpose: 0))
      var index = LockIndex()
      var twin: [RowName: Int32] = [:]
      for step in 0..<30_000 {
        // Grows past the first thousand cells, then shrinks: removals close gaps in long runs.
        let grows = step < 12_000 ? random.below(4) > 0 : random.below(4) == 0
        let name = RowName(table: random.below(3), ordinal: random.below(4_000))
        if grows, twin[name] == nil {
          index.insert(name, Int32(step))
          twin[name] = Int32(step)
        } else if twin[name] != nil {
          index.remove(name)
          twin[name] = nil
        }
        let probe = RowName(table: random.below(3), ordinal: random.below(4_000))
        try #require(index.find(probe) == twin[probe])
      }
      try #require(index.count == twin.count)
      for (name, lock) in twin { try #require(index.find(name) == lock) }
    }
  }

  @Test("A row's name keeps its table and its ordinal apart")
  func names() {
    let name = RowName(table: 5, ordinal: 1 << 47)
    #expect(name.table == 5)
    #expect(name.ordinal == 1 << 47)
    #expect(name != RowName(table: 4, ordinal: 1 << 47))
  }
}
