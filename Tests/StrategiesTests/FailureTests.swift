import Primitives
import Testing

@testable import Strategies

@Suite("Failures")
struct FailureTests {
  private func running(_ change: (inout Configuration) -> Void = { _ in }) -> Conversation {
    var talk = Conversation {
      $0.batch = .rows(8)
      $0.retry = Retry(max: 0, backoff: .milliseconds(100), maxBackoff: .seconds(5))
      change(&$0)
    }
    _ = talk.start(last: 8)
    _ = talk.say(.found(0, 8, rows: 8), 1)
    return talk
  }

  @Test("Doubles the delay up to the cap")
  func cap() {
    let backoff = Backoff(Retry(), seed: 1)
    #expect(
      (1...8).map { backoff.cap(attempt: $0) }
        == [100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000].map { .milliseconds($0) })
    #expect(backoff.cap(attempt: 200) == .seconds(5))
  }

  @Test("Jitters between half and one and a half, by seed, batch and attempt alone")
  func jitter() {
    let backoff = Backoff(Retry(), seed: 1)
    let factors = (0..<1_000).map { backoff.delay(batch: $0, attempt: 3).seconds / 0.4 }
    #expect(factors.allSatisfy { 0.5 <= $0 && $0 < 1.5 })
    // The mean of 1000 uniform numbers of width 1 is off by 0.04 once in 10⁵ times.
    #expect(abs(factors.reduce(0, +) / 1_000 - 1) < 0.04)
    #expect(Set(factors).count == 1_000)
    #expect(backoff.delay(batch: 7, attempt: 2) == backoff.delay(batch: 7, attempt: 2))
    #expect(
      backoff.delay(batch: 7, attempt: 2)
        != Backoff(Retry(), seed: 2).delay(batch: 7, attempt: 2))
  }

  @Test(
    "Locks, deadlocks, serialization failures and lost connections are tried again",
    arguments: [FailureCode.lockTimeout, .deadlock, .serialization, .connectionLost])
  func retried(code: FailureCode) {
    let retry = Retry(max: 2)
    #expect(retry.response(to: code, batch: 4, attempt: 0) == .retry)
    #expect(retry.response(to: code, batch: 4, attempt: 1) == .retry)
    #expect(
      retry.response(to: code, batch: 4, attempt: 2)
        == (code == .connectionLost ? .stop(.connectionLost) : .giveUp))
  }

  @Test("Other errors are given up at once; a full disk and a hand-cancelled batch end the run")
  func notRetried() {
    let retry = Retry(max: 2)
    #expect(retry.response(to: .other, batch: 4, attempt: 0) == .giveUp)
    #expect(retry.response(to: .cancelled, batch: 4, attempt: 0) == .stop(.cancelled))
    #expect(
      retry.response(to: .diskFull, batch: 4, attempt: 0)
        == .stop(.retriesExhausted(batch: 4, code: .diskFull)))
  }

  @Test("`stop` ends the run with the batch and its failure")
  func stop() {
    var talk = running()
    #expect(
      talk.say(.failed(0, .deadlock), 2) == [.abort(.retriesExhausted(batch: 0, code: .deadlock))])
    #expect(talk.strategy.isEnded)
  }

  @Test("A lost connection ends the run under its own name")
  func connectionLost() {
    var talk = running { $0.giveUp = .skip }
    #expect(talk.say(.failed(0, .connectionLost), 2) == [.abort(.connectionLost)])
  }

  @Test("`skip` leaves the rows out, says so, and keeps the watermark below them")
  func skip() {
    var talk = running { $0.giveUp = .skip }
    #expect(talk.say(.failed(0, .lockTimeout), 2) == [.finish])
    #expect(talk.strategy.tally.missed == [range(0, 8)])
    #expect(talk.strategy.tally.rowsMissed == 8)
    #expect(talk.strategy.watermark == nil)
  }

  @Test("`split` halves by rows down to the single bad row, which it skips")
  func split() {
    var talk = running { $0.giveUp = .split }
    #expect(talk.say(.failed(0, .other), 2) == [.find(1, after: 0, rows: 4)])
    // The bad row is 6, in the second half.
    #expect(
      talk.say(.found(1, 4, rows: 4), 3) == [.run(1, 0, 4, rows: 4)])
    #expect(talk.say(.committed(1, rows: 4), 4) == [.run(2, 4, 8, rows: 4)])
    #expect(talk.say(.failed(2, .other), 5) == [.find(2, after: 4, rows: 2)])
    #expect(talk.say(.found(2, 6, rows: 2), 6) == [.run(3, 4, 6, rows: 2)])
    #expect(
      talk.say(.failed(3, .other), 7)
        == [.run(4, 6, 8, rows: 2), .find(3, after: 4, rows: 1)])
    #expect(talk.say(.found(3, 5, rows: 1), 8) == [])
    #expect(talk.say(.committed(4, rows: 2), 9) == [.run(5, 4, 5, rows: 1)])
    #expect(talk.say(.committed(5, rows: 1), 10) == [.run(6, 5, 6, rows: 1)])
    #expect(talk.say(.failed(6, .other), 11) == [.finish])
    #expect(talk.strategy.tally.missed == [range(5, 6)])
    #expect(talk.strategy.tally.rowsMissed == 1)
    #expect(talk.strategy.rowsCommitted == 7)
  }

  @Test("Splitting a range with fewer rows than thought does not run it whole again")
  func splitSparse() {
    var talk = Conversation {
      $0.planner = .monolithic
      $0.giveUp = .split
    }
    _ = talk.start(last: 100, rows: 8)
    // Its one row is 70.
    #expect(talk.say(.failed(0, .other), 1) == [.find(0, after: 0, rows: 4)])
    #expect(talk.say(.found(0, 200, rows: 4), 2) == [.find(1, after: 0, rows: 2)])
    #expect(talk.say(.found(1, 200, rows: 2), 3) == [.find(2, after: 0, rows: 1)])
    #expect(talk.say(.found(2, 70, rows: 1), 4) == [.run(1, 0, 70, rows: 1)])
    #expect(talk.say(.failed(1, .other), 5) == [.run(2, 70, 100, rows: 1)])
    #expect(talk.say(.committed(2, rows: 0), 6) == [.finish])
    #expect(talk.strategy.tally.missed == [range(0, 70)])
  }

  @Test("The second half of a range whose rows nobody counted may still hold as many as thought")
  func splitUncounted() {
    var talk = Conversation {
      $0.planner = .monolithic
      $0.giveUp = .split
    }
    _ = talk.start(last: 100, rows: 4)
    #expect(talk.say(.failed(0, .other), 1) == [.find(0, after: 0, rows: 2)])
    #expect(talk.say(.found(0, 2, rows: 2), 2) == [.run(1, 0, 2, rows: 2)])
    #expect(talk.say(.committed(1, rows: 2), 3) == [.run(2, 2, 100, rows: 4)])
  }

  @Test("A failed lookup is asked again after a delay, and ends the run when that does not help")
  func lookup() {
    var talk = Conversation {
      $0.batch = .rows(10)
      $0.retry = Retry(max: 1)
    }
    _ = talk.start()
    let failed = Event.boundaryFailed(id: 0, code: .serialization, duration: .zero)
    let delay = talk.strategy.backoff.delay(batch: 0, attempt: 1)
    #expect(talk.say(failed, 1) == [.setTimer(id: 0, at: instant(1) + delay)])
    #expect(talk.strategy.pausedBecause == .backoff)
    #expect(talk.say(.timerFired(id: 0), 200) == [.find(1, after: 0)])
    #expect(
      talk.say(.boundaryFailed(id: 1, code: .serialization, duration: .zero), 201)
        == [.abort(.retriesExhausted(batch: 0, code: .serialization))])
  }

  @Test("After a failure that ends the run the other workers may finish their batches")
  func drain() {
    var talk = Conversation {
      $0.batch = .rows(10)
      $0.workers = 2
      $0.retry = Retry(max: 0)
    }
    _ = talk.start()
    _ = talk.say(.found(0, 10), 1)
    _ = talk.say(.found(1, 20), 2)
    #expect(talk.say(.failed(0, .deadlock), 3) == [])
    #expect(talk.say(.found(2, 30), 4) == [])
    #expect(
      talk.say(.committed(1, by: 1), 5) == [.abort(.retriesExhausted(batch: 0, code: .deadlock))])
    #expect(talk.strategy.rowsCommitted == 10)
    #expect(talk.say(.cancelRequested, 6) == [])
  }
}
