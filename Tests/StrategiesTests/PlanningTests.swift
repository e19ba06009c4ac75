import Primitives
import Testing

@testable import Strategies

@Suite("Planning")
struct PlanningTests {
  @Test("Descending order walks down from the last key; a range still excludes its lower end")
  func descending() {
    var talk = Conversation {
      $0.batch = .rows(10)
      $0.order = .descending
    }
    #expect(talk.start(last: 25) == [.find(0, after: 26, .keyset, .descending)])
    #expect(
      talk.say(.found(0, 16), 1)
        == [.run(0, 15, 25), .find(1, after: 16, .keyset, .descending)])
    #expect(talk.say(.found(1, 6), 2) == [])
    #expect(
      talk.say(.committed(0), 3) == [.run(1, 5, 15), .find(2, after: 6, .keyset, .descending)])
    #expect(talk.strategy.watermark == nil)
    #expect(talk.say(.found(2, 1, rows: 5), 4) == [])
    #expect(talk.say(.committed(1), 5) == [.run(2, 0, 5)])
    #expect(talk.say(.committed(2, rows: 5), 6) == [.finish])
    #expect(talk.strategy.watermark == Key(25))
  }

  @Test("The offset planner skips the rows that earlier lookups passed")
  func offset() {
    var talk = Conversation {
      $0.batch = .rows(10)
      $0.planner = .offset
      $0.resume = ResumePoint(watermark: Key(30), rows: 30)
    }
    #expect(talk.start(last: 60) == [.find(0, after: 30, .offset(skipped: 30))])
    #expect(
      talk.say(.found(0, 40), 1) == [.run(0, 30, 40), .find(1, after: 40, .offset(skipped: 40))])
  }

  @Test("The monolithic planner runs one batch over all keys and looks nothing up")
  func monolithic() {
    var talk = Conversation { $0.planner = .monolithic }
    #expect(talk.start(last: 1_000) == [.run(0, 0, 1_000, rows: 1_000)])
    #expect(talk.say(.committed(0, rows: 1_000), 1) == [.finish])
  }

  @Test("Finding by the filter waits until the batch before has committed")
  func filter() {
    var talk = Conversation {
      $0.batch = .rows(10)
      $0.findsByFilter = true
      $0.workers = 4
    }
    #expect(talk.start(last: 20) == [.find(0, after: 0, .filter)])
    #expect(talk.say(.found(0, 10), 1) == [.run(0, 0, 10)])
    #expect(talk.say(.committed(0), 2) == [.find(1, after: 10, .filter)])
    #expect(talk.say(.found(1, 20), 3) == [.run(1, 10, 20)])
    #expect(talk.say(.committed(1), 4) == [.finish])
  }

  @Test("Looks at most as many boundaries ahead as there are workers, one at a time")
  func lookAhead() {
    var talk = Conversation {
      $0.batch = .rows(10)
      $0.workers = 2
    }
    #expect(talk.start() == [.find(0, after: 0)])
    #expect(talk.say(.found(0, 10), 1) == [.run(0, 0, 10), .find(1, after: 10)])
    #expect(talk.say(.found(1, 20), 2) == [.run(1, 10, 20, by: 1), .find(2, after: 20)])
    #expect(talk.say(.found(2, 30), 3) == [.find(3, after: 30)])
    #expect(talk.say(.found(3, 40), 4) == [])
    #expect(talk.say(.committed(1, by: 1), 5) == [.run(2, 20, 30, by: 1), .find(4, after: 40)])
  }

  @Test("Ends when a lookup finds no row, and takes the rest of the keys for covered")
  func noRowLeft() {
    var talk = Conversation { $0.batch = .rows(10) }
    _ = talk.start(last: 100)
    _ = talk.say(.found(0, 10), 1)
    #expect(talk.say(.found(1, nil), 2) == [])
    #expect(talk.say(.committed(0), 3) == [.finish])
    #expect(talk.strategy.watermark == Key(100))
  }

  @Test("An empty table is finished at once, without a lookup", arguments: Planner.allCases)
  func empty(planner: Planner) {
    var talk = Conversation { $0.planner = planner }
    #expect(talk.say(.started(bounds: range(nil, nil), rows: 0), 0) == [.finish])
  }

  @Test("Random order cuts equal cells and visits each once, in an order that the seed decides")
  func random() {
    func visited(seed: UInt64) -> [KeyRange] {
      var configuration = Configuration()
      configuration.order = .random
      configuration.batch = .rows(10)
      configuration.seed = seed
      var stream = RandomStream(RandomKey(seed: 1, trial: 0, entity: 0, purpose: 2))
      var run = RandomRun(configuration, table: TestTable(rows: 1_000, stream: &stream), seed: 1)
      run.play()
      return run.committed
    }
    let cells = (0..<100).map { range($0 * 10, $0 * 10 + 10) }
    let order = visited(seed: 1)
    #expect(Set(order) == Set(cells))
    #expect(order.count == 100)
    #expect(order == visited(seed: 1))
    #expect(order != visited(seed: 2))
    // Neighbours in time are neighbours in space about twice in a hundred, and always in sorted order.
    let neighbours = zip(order, order.dropFirst()).filter {
      $0.upTo == $1.after || $0.after == $1.upTo
    }
    #expect(neighbours.count < 12)
  }

  @Test("Random order copes with keys that fill 128 bits")
  func uuids() {
    var cells = ShuffledCells(
      table: whole, uncovered: [whole], rows: 1_000_000, rowsPerCell: 1_000, seed: 3)
    var cuts: [KeySpan] = []
    while let cut = cells.next(rows: 400) { cuts.append(cut.span) }
    #expect(cuts.count == 3_000)
    #expect(whole.subtracting(cuts) == [])
    #expect(cuts.map { $0.last - $0.first }.reduce(0, +) == UInt128.max - 2_999)
  }

  private var whole: KeySpan {
    guard let span = KeySpan(KeyRange(after: nil, upTo: nil)) else { preconditionFailure() }
    return span
  }

  @Test("Descending order covers what lies below the last row found")
  func noRowBelow() {
    var talk = Conversation {
      $0.batch = .rows(10)
      $0.order = .descending
      $0.resume = ResumePoint(watermark: nil, committedAbove: [range(20, 30)])
    }
    _ = talk.start(last: 100)
    #expect(
      talk.say(.found(0, 35), 1) == [.run(0, 34, 100), .find(1, after: 35, .keyset, .descending)])
    #expect(talk.say(.found(1, nil), 2) == [])
    #expect(talk.strategy.resumePoint.committedAbove == [])
    #expect(talk.strategy.watermark == Key(34))
    #expect(talk.say(.committed(0), 3) == [.finish])
  }

  @Test("Random order passes over as many batches as a stretch had; offsets count its rows")
  func skipElsewhere() {
    var random = Conversation {
      $0.batch = .rows(10)
      $0.order = .random
    }
    guard case .execute(let first, _, _)? = random.start(last: 100).first else {
      Issue.record("no batch")
      return
    }
    let skipped = Event.stretchSkipped(batches: 8, rows: 80, upTo: nil, length: .seconds(1))
    #expect(random.say(skipped, 1_000) == [])
    guard case .execute(let last, _, _)? = random.say(.committed(0), 1_001).first else {
      Issue.record("no batch")
      return
    }
    #expect(first.range != last.range)
    #expect(random.say(.committed(1), 1_002) == [.finish])
    #expect(random.strategy.watermark == Key(100))
    #expect(random.strategy.rowsCommitted == 100)

    var offset = Conversation {
      $0.batch = .rows(10)
      $0.planner = .offset
    }
    _ = offset.start(last: 100)
    let passed = Event.stretchSkipped(batches: 5, rows: 50, upTo: Key(50), length: .seconds(1))
    #expect(offset.say(passed, 1_000) == [.find(1, after: 50, .offset(skipped: 50))])
  }

  @Test("A skipped stretch is no pause: its driver knows what its workers did in it")
  func skippedPause() {
    var talk = Conversation {
      $0.batch = .rows(10)
      $0.pause = .fixed(.milliseconds(50))
    }
    _ = talk.start(last: 100)
    _ = talk.say(.found(0, 10), 0)
    _ = talk.say(.committed(0), 10)
    _ = talk.say(.stretchSkipped(batches: 1, rows: 10, upTo: Key(20), length: .seconds(1)), 1_030)
    _ = talk.say(.timerFired(id: 0), 1_060)
    #expect(talk.strategy.tally.paused.pause == .milliseconds(50))
  }

  @Test("Passing over a stretch moves the plan, the watermark and the sums, and outdates a lookup")
  func skip() {
    var talk = Conversation {
      $0.batch = .rows(10)
      $0.throttle = [.pause(.replicaLag, above: 10, resumeBelow: 2)]
    }
    #expect(
      talk.start(last: 1_000).dropFirst() == [.find(0, after: 0), .timer(0, at: 3_000)])
    _ = talk.say(.found(0, 10), 1)
    #expect(
      talk.say(
        .stretchSkipped(batches: 50, rows: 500, upTo: Key(510), length: .seconds(9)), 9_001)
        == [.find(2, after: 510)])
    #expect(talk.say(.found(1, 20), 9_002) == [])
    #expect(talk.strategy.resumePoint.committedAbove == [range(10, 510)])
    #expect(talk.say(.found(2, 520), 9_003) == [])
    #expect(talk.say(.committed(0), 9_004) == [.run(1, 510, 520), .find(3, after: 520)])
    #expect(talk.strategy.watermark == Key(510))
    #expect(talk.strategy.rowsCommitted == 510)
    #expect(talk.strategy.tally.batches == 51)
    // The signal was read as before, so it is not stale three periods after its last sample.
    #expect(talk.say(.timerFired(id: 0), 9_005) == [.timer(1, at: 12_000)])
  }
}
