import Primitives
import Testing

@testable import Strategies

/// `FOR UPDATE SKIP LOCKED`, worked by hand: batches of ten rows, and 200 ms until what others held is
/// tried again, twice at most.
@Suite("Rows that others hold")
struct SkipLockedTests {
  private static func left(_ after: Int64, _ upTo: Int64) -> SkippedRows {
    SkippedRows(range: range(after, upTo), rows: Int(upTo - after))
  }

  @Test("They come back by themselves while the worker goes on, and are given up after retry.max")
  func comeBack() {
    var talk = Conversation {
      $0.batch = .rows(10)
      $0.lockTimeout = .skipLocked
      $0.retry = Retry(max: 2, backoff: .milliseconds(200), maxBackoff: .milliseconds(200))
      $0.retry.jitter = .none
      $0.giveUp = .skip
    }
    _ = talk.start(last: 30)
    #expect(talk.say(.found(0, 10), 10) == [.run(0, 0, 10, .skipLocked), .find(1, after: 10)])
    #expect(talk.say(.found(1, 20), 20) == [])
    let held = [Self.left(3, 5), Self.left(8, 9)]
    #expect(talk.say(.rowsSkipped(id: 0, worker: 0, held), 30) == [])
    #expect(
      talk.say(.committed(0, rows: 7), 30) == [
        .timer(0, at: 230), .timer(1, at: 230), .run(1, 10, 20, .skipLocked), .find(2, after: 20),
      ])
    #expect(talk.strategy.watermark == Key(3))
    #expect(talk.strategy.resumePoint.committedAbove == [range(5, 8), range(9, 10)])
    _ = talk.say(.found(2, 30), 40)
    #expect(talk.say(.committed(1), 50) == [.run(4, 20, 30, .skipLocked)])
    #expect(talk.say(.committed(4), 60) == [])
    #expect(talk.strategy.pausedBecause == .backoff)

    #expect(
      talk.say(.timerFired(id: 0), 230) == [.run(2, 3, 5, rows: 2, attempt: 1, .skipLocked)])
    #expect(talk.say(.timerFired(id: 1), 231) == [])
    _ = talk.say(.rowsSkipped(id: 2, worker: 0, [Self.left(4, 5)]), 240)
    #expect(
      talk.say(.committed(2, rows: 1), 240) == [
        .timer(2, at: 440), .run(3, 8, 9, rows: 1, attempt: 1, .skipLocked),
      ])
    #expect(talk.say(.committed(3, rows: 1), 250) == [])
    #expect(
      talk.say(.timerFired(id: 2), 440) == [.run(5, 4, 5, rows: 1, attempt: 2, .skipLocked)])
    _ = talk.say(.rowsSkipped(id: 5, worker: 0, [Self.left(4, 5)]), 450)
    #expect(talk.say(.committed(5, rows: 0), 450) == [.finish])
    #expect(talk.strategy.tally.missed == [range(4, 5)])
    #expect(talk.strategy.watermark == Key(4))
  }

  @Test("Where giving up ends the run, nothing comes back any more")
  func stops() {
    var talk = Conversation {
      $0.batch = .rows(10)
      $0.lockTimeout = .skipLocked
      $0.retry.max = 0
    }
    _ = talk.start(last: 30)
    _ = talk.say(.found(0, 10), 10)
    _ = talk.say(.rowsSkipped(id: 0, worker: 0, [Self.left(3, 4), Self.left(6, 7)]), 20)
    #expect(
      talk.say(.committed(0, rows: 8), 20) == [
        .abort(.retriesExhausted(batch: 1, code: .lockTimeout))
      ])
  }
}
