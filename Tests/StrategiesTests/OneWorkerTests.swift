import Primitives
import Testing

@testable import Strategies

@Suite("One worker")
struct OneWorkerTests {
  @Test("Walks up the keys, looks one boundary ahead, pauses, and finishes at the last key")
  func ascending() {
    var talk = Conversation {
      $0.batch = .rows(10)
      $0.pause = .fixed(.milliseconds(50))
    }
    #expect(talk.start(last: 25) == [.find(0, after: 0)])
    #expect(talk.say(.found(0, 10), 1) == [.run(0, 0, 10), .find(1, after: 10)])
    #expect(talk.say(.found(1, 20), 2) == [])
    #expect(talk.say(.committed(0), 10) == [.timer(0, at: 60)])
    #expect(talk.strategy.pausedBecause == .pause)
    #expect(talk.say(.timerFired(id: 0), 60) == [.run(1, 10, 20), .find(2, after: 20)])
    #expect(talk.say(.found(2, 25, rows: 5), 61) == [])
    #expect(talk.say(.committed(1), 70) == [.timer(1, at: 120)])
    #expect(talk.say(.timerFired(id: 1), 120) == [.run(2, 20, 25)])
    #expect(talk.say(.committed(2, rows: 5), 130) == [.finish])
    #expect(talk.strategy.watermark == Key(25))
    #expect(talk.strategy.rowsCommitted == 25)
    #expect(talk.strategy.tally.paused.pause == .milliseconds(100))
  }

  @Test("Tries a batch that met a lock again after its backoff, under the same id")
  func retry() throws {
    var talk = Conversation { $0.batch = .rows(10) }
    _ = talk.start(last: 10)
    #expect(talk.say(.found(0, 10), 1) == [.run(0, 0, 10)])
    let delay = talk.strategy.backoff.delay(batch: 0, attempt: 1)
    #expect(
      talk.say(.failed(0, .lockTimeout), 10) == [.setTimer(id: 0, at: instant(10) + delay)])
    #expect(talk.strategy.pausedBecause == .backoff)
    #expect(talk.say(.timerFired(id: 0), 200) == [.run(0, 0, 10, attempt: 1)])
    #expect(talk.say(.committed(0), 210) == [.finish])
    #expect(talk.strategy.tally.retries == 1)
    #expect(talk.strategy.tally.paused.backoff == .milliseconds(190))
  }

  @Test("Ignores a timer that it did not set, and one that fired already")
  func staleTimer() {
    var talk = Conversation {
      $0.batch = .rows(10)
      $0.pause = .fixed(.milliseconds(50))
    }
    _ = talk.start(last: 20)
    _ = talk.say(.found(0, 10), 1)
    _ = talk.say(.found(1, 20), 2)
    #expect(talk.say(.timerFired(id: 0), 3) == [])
    #expect(talk.say(.committed(0), 10) == [.timer(0, at: 60)])
    #expect(talk.say(.timerFired(id: 7), 11) == [])
    #expect(talk.say(.timerFired(id: 0), 60) == [.run(1, 10, 20)])
    #expect(talk.say(.timerFired(id: 0), 61) == [])
  }
}
