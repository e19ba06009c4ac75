import Primitives
import Testing

@testable import Strategies

@Suite("Resuming")
struct ResumeTests {
  @Test(
    "From any moment of any run, the rest is done once and nothing twice", arguments: propertySeeds)
  func anyMoment(seed: UInt64) {
    var scenario = RandomScenario(seed: seed)
    let table = scenario.table()
    var configuration = scenario.configuration()
    let world = scenario.world()
    var first = RandomRun(configuration, table: table, world: world, seed: seed)
    first.play(events: scenario.stream.below(80))
    configuration.resume = first.strategy.resumePoint
    configuration.workers = 1 + scenario.stream.below(6)
    var second = RandomRun(configuration, table: table, world: world, seed: seed + 1)
    second.play()
    #expect(second.outcome == .finish)
    #expect(gaps(between: first.committed + second.committed, in: table.bounds) == [])
    #expect(second.strategy.watermark == table.keys.last)
  }

  @Test("One worker goes on with the very ranges of the uninterrupted run", arguments: 0...40)
  func sameRanges(events: Int) {
    var stream = RandomStream(RandomKey(seed: 1, trial: 0, entity: 0, purpose: 2))
    let table = TestTable(rows: 95, maxGap: 4, stream: &stream)
    var configuration = Configuration()
    configuration.batch = .rows(10)
    var whole = RandomRun(configuration, table: table, seed: 1)
    whole.play()
    var first = RandomRun(configuration, table: table, seed: 1)
    first.play(events: events)
    configuration.resume = first.strategy.resumePoint
    var second = RandomRun(configuration, table: table, seed: 2)
    second.play()
    #expect(whole.committed.count == 10)
    #expect(first.committed + second.committed == whole.committed)
  }

  @Test("Jumps over a range that was committed above the watermark")
  func hole() {
    var talk = Conversation {
      $0.batch = .rows(10)
      $0.resume = ResumePoint(watermark: Key(10), committedAbove: [range(15, 30)])
    }
    #expect(talk.start(last: 40) == [.find(0, after: 10)])
    #expect(talk.strategy.watermark == Key(10))
    #expect(talk.say(.found(0, 20), 1) == [.run(0, 10, 15), .find(1, after: 30)])
    #expect(talk.say(.found(1, 40), 2) == [])
    #expect(talk.say(.committed(0, rows: 5), 3) == [.run(1, 30, 40)])
    #expect(talk.strategy.watermark == Key(30))
    #expect(talk.say(.committed(1), 4) == [.finish])
  }

  @Test("The watermark stays below what is still open; ranges above it are kept")
  func outOfOrder() {
    var talk = Conversation {
      $0.batch = .rows(10)
      $0.workers = 3
    }
    _ = talk.start(last: 40)
    for id in 0..<4 { _ = talk.say(.found(id, Int64(10 * (id + 1))), 1) }
    _ = talk.say(.committed(2, by: 2), 2)
    #expect(
      talk.strategy.resumePoint
        == ResumePoint(watermark: nil, committedAbove: [range(20, 30)], rows: 10))
    _ = talk.say(.committed(0, by: 0), 3)
    #expect(
      talk.strategy.resumePoint
        == ResumePoint(watermark: Key(10), committedAbove: [range(20, 30)], rows: 20))
    _ = talk.say(.committed(1, by: 1), 4)
    #expect(talk.strategy.resumePoint == ResumePoint(watermark: Key(30), rows: 30))
  }

  @Test("A run that had committed everything finishes at once")
  func nothingLeft() {
    var talk = Conversation { $0.resume = ResumePoint(watermark: Key(100)) }
    #expect(talk.start(last: 100) == [.finish])
  }
}
