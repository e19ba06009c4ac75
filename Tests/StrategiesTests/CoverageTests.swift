import Primitives
import Testing

@testable import Strategies

/// Goal: whatever a strategy is configured to do and whatever the world does to it, its batches tile
/// the key space exactly once.
///
/// Method: each seed draws a table, a configuration and a world, and plays them against each other.
@Suite("Coverage")
struct CoverageTests {
  @Test("Committed ranges tile the key space once, without a gap", arguments: propertySeeds)
  func tiles(seed: UInt64) {
    var scenario = RandomScenario(seed: seed)
    let table = scenario.table()
    var run = RandomRun(
      scenario.configuration(), table: table, world: scenario.world(), seed: seed)
    run.play()
    #expect(run.outcome == .finish)
    #expect(gaps(between: run.committed, in: table.bounds) == [])
    #expect(run.strategy.watermark == table.keys.last)
    #expect(run.strategy.rowsCommitted == table.keys.count)
    #expect(run.strategy.resumePoint.committedAbove == [])
    #expect(run.log.replay() == nil)
  }

  @Test(
    "Committed and given-up ranges tile the key space together; splitting gives up single rows",
    arguments: propertySeeds)
  func givenUp(seed: UInt64) {
    var scenario = RandomScenario(seed: seed)
    let table = scenario.table()
    var configuration = scenario.configuration()
    configuration.retry.max = scenario.stream.below(2)
    configuration.giveUp = scenario.flip() ? .skip : .split
    var world = scenario.world()
    world.lookupFailures = 0
    world.batchFailures = 25
    world.codes = [.other, .lockTimeout]
    var run = RandomRun(configuration, table: table, world: world, seed: seed)
    run.play()
    #expect(run.outcome == .finish)
    let missed = run.strategy.tally.missed
    let empty = gaps(between: run.committed + missed, in: table.bounds)
    #expect(empty.flatMap { table.rows(in: $0) } == [])
    let rowsMissed = missed.map { table.rows(in: $0).count }
    #expect(run.strategy.rowsCommitted + rowsMissed.reduce(0, +) == table.keys.count)
    if configuration.giveUp == .split { #expect(rowsMissed.allSatisfy { $0 <= 1 }) }
    #expect(
      run.strategy.watermark.map { watermark in
        missed.allSatisfy { ($0.after ?? Key(position: 0)) >= watermark }
      } ?? true)
    #expect(run.log.replay() == nil)
  }

  @Test("A cancelled run drains its batches and then stops", arguments: propertySeeds)
  func cancelled(seed: UInt64) {
    var scenario = RandomScenario(seed: seed)
    let table = scenario.table()
    var world = scenario.world()
    world.cancelsAt = .zero + .milliseconds(Int64(scenario.stream.below(60)))
    var run = RandomRun(scenario.configuration(), table: table, world: world, seed: seed)
    run.play()
    // A small table may be done before anyone cancels.
    let isDone = run.committed.flatMap { table.rows(in: $0) }.count == table.keys.count
    #expect(run.outcome == .abort(.cancelled) || (run.outcome == .finish && isDone))
    #expect(run.inFlight.isEmpty)
    #expect(run.log.replay() == nil)
  }
}

/// What the ranges leave uncovered, in key order; records an issue where two overlap.
func gaps(between ranges: [KeyRange], in bounds: KeyRange) -> [KeyRange] {
  guard let table = KeySpan(bounds), bounds.upTo != nil else { return ranges }
  let spans = ranges.compactMap { KeySpan($0) }.sorted { $0.first < $1.first }
  for (one, next) in zip(spans, spans.dropFirst()) where next.first <= one.last {
    Issue.record("\(one.range) overlaps \(next.range)")
  }
  return table.subtracting(spans).map(\.range)
}
