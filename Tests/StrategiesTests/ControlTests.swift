import Primitives
import Testing

@testable import Strategies

@Suite("Control from outside")
struct ControlTests {
  /// Two workers on their first batches, two more batches ready.
  private func running(_ change: (inout Configuration) -> Void = { _ in }) -> Conversation {
    var talk = Conversation {
      $0.batch = .rows(10)
      $0.workers = 2
      change(&$0)
    }
    _ = talk.start()
    for id in 0..<4 { _ = talk.say(.found(id, Int64(10 * (id + 1))), 1) }
    return talk
  }

  @Test("A cancel cancels every busy worker once, waits for them, then aborts")
  func cancel() {
    var talk = running()
    #expect(talk.say(.cancelRequested, 2) == [.cancel(worker: 0), .cancel(worker: 1)])
    #expect(talk.say(.cancelRequested, 3) == [])
    #expect(talk.say(.failed(1, by: 1, .cancelled), 4) == [])
    // A cancel that came too late is no loss.
    #expect(talk.say(.committed(0), 5) == [.abort(.cancelled)])
    #expect(talk.strategy.watermark == Key(10))
    #expect(talk.say(.timerFired(id: 0), 6) == [])
  }

  @Test("A cancel while nothing is in flight aborts at once")
  func cancelIdle() {
    var waiting = Conversation()
    #expect(waiting.say(.cancelRequested, 0) == [.abort(.cancelled)])
    var pausing = Conversation {
      $0.batch = .rows(10)
      $0.pause = .fixed(.seconds(1))
    }
    _ = pausing.start()
    _ = pausing.say(.found(0, 10), 1)
    _ = pausing.say(.committed(0), 2)
    #expect(pausing.say(.cancelRequested, 3) == [.abort(.cancelled)])
  }

  @Test("A batch cancelled by hand stops the other workers too")
  func cancelledByHand() {
    var talk = running()
    #expect(talk.say(.failed(0, .cancelled), 2) == [.cancel(worker: 1)])
    #expect(talk.say(.failed(1, by: 1, .cancelled), 3) == [.abort(.cancelled)])
  }

  @Test("Fewer workers: the batches in flight end, then only the allowed ones go on")
  func fewerWorkers() {
    var talk = running()
    #expect(talk.say(.settingChanged(.workers(1)), 2) == [])
    #expect(talk.say(.committed(0), 3) == [])
    #expect(talk.say(.committed(1, by: 1), 4) == [.run(2, 20, 30)])
    #expect(talk.say(.committed(2), 5) == [.run(3, 30, 40), .find(4, after: 40)])
  }

  @Test("More workers start at once on what is ready")
  func moreWorkers() {
    var talk = running()
    #expect(
      talk.say(.settingChanged(.workers(3)), 2)
        == [.run(2, 20, 30, by: 2), .find(4, after: 40)])
  }

  @Test("With no workers everything stands still until some are allowed again")
  func noWorkers() {
    var talk = running()
    _ = talk.say(.settingChanged(.workers(0)), 2)
    _ = talk.say(.committed(0), 3)
    #expect(talk.say(.committed(1, by: 1), 4) == [])
    #expect(
      talk.say(.settingChanged(.workers(1)), 5) == [.run(2, 20, 30)])
  }

  @Test("A batch size set by hand holds for the next lookup and is not steered away from")
  func batchRows() {
    var talk = running { $0.batch = .targetTime(.milliseconds(50), minRows: 10, maxRows: 10) }
    _ = talk.say(.settingChanged(.batchRows(7)), 2)
    #expect(talk.say(.committed(0), 3).last == .find(4, after: 40, rows: 7))
  }

  @Test("A lock timeout holds for the batches that start after it")
  func lockTimeout() {
    var talk = running()
    _ = talk.say(.settingChanged(.lockTimeout(.nowait)), 2)
    #expect(talk.say(.committed(0), 3).first == .run(2, 20, 30, .nowait))
  }

  @Test("A pause holds from the next one on; a ratio goes by the batch's own time")
  func pause() {
    var talk = running()
    _ = talk.say(.settingChanged(.pause(.ratio(0.5))), 2)
    #expect(talk.say(.committed(0, ms: 300), 3) == [.timer(0, at: 153)])
  }
}
