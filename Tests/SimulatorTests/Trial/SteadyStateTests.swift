import Primitives
import Testing

@testable import Simulator

@Suite("When a stretch of time may be skipped")
struct SteadyStateTests {
  private func at(_ second: Int64) -> Instant { .zero + .seconds(second) }

  /// What 80 s of a backfill with this many batches come to.
  private func cycle(batches: Int) -> SteadyState.Sums {
    SteadyState.Sums(
      rows: batches * 5_000, batches: batches, log: 8 << 30, batchLog: 7 << 30, ended: 12_000)
  }

  /// Ends the window, begun with so much log since a checkpoint, where a cycle is over, and starts the next one
  /// where the skipped time ends.
  private func end(
    _ steady: inout SteadyState, at second: Int64, _ window: SteadyState.Sums, log: Int64 = 0
  ) -> Int64 {
    steady.checkpointStarted(at: at(second))
    if log > 0 { #expect(steady.isWindowOver(at: at(second), throttled: false, log: 0) == false) }
    #expect(steady.isWindowOver(at: at(second), throttled: false, log: log) == true)
    return begin(&steady, at: second, window, log: log)
  }

  private func begin(
    _ steady: inout SteadyState, at second: Int64, _ window: SteadyState.Sums, log: Int64
  ) -> Int64 {
    let repeats = steady.repeats(
      of: window, expectsBatches: true, at: at(second), until: .distantFuture)
    steady.begin(at: at(second + 80 * Int64(repeats)), totals: SteadyState.Sums(), log: log)
    return Int64(repeats)
  }

  /// Something happens within a cycle: the window is over, and the next one begins there.
  private func disturb(_ steady: inout SteadyState, at second: Int64) {
    steady.disturbed(at: at(second))
    #expect(steady.isWindowOver(at: at(second), throttled: false, log: 5) == true)
    #expect(begin(&steady, at: second, cycle(batches: 100), log: 5) == 0)
  }

  @Test("A cycle stands for one more, and cycles that agree for as many as there were")
  func cycles() {
    var steady = SteadyState(cycle: nil)
    steady.checkpointStarted(at: at(0))
    #expect(end(&steady, at: 80, cycle(batches: 800)) == 0)
    #expect(end(&steady, at: 160, cycle(batches: 800)) == 1)
    #expect(end(&steady, at: 320, cycle(batches: 800)) == 3)
    #expect(end(&steady, at: 640, cycle(batches: 600)) == 1)
  }

  @Test(
    "One cycle is enough to know a state again that was steady before a vacuum, and for as long")
  func recalls() {
    var steady = SteadyState(cycle: nil)
    let (calm, vacuumed) = (cycle(batches: 800), cycle(batches: 400))
    steady.checkpointStarted(at: at(0))
    #expect(end(&steady, at: 80, calm) == 0)
    #expect(end(&steady, at: 160, calm) == 1)
    #expect(end(&steady, at: 320, calm) == 3)
    // A vacuum begins, lasts and ends, each time within a cycle.
    disturb(&steady, at: 600)
    #expect(end(&steady, at: 680, vacuumed, log: 5) == 1)
    disturb(&steady, at: 800)
    // From 80 to 600, and this cycle: as many as 600 s hold.
    #expect(end(&steady, at: 880, calm, log: 5) == 7)
    // Another phase is another world.
    steady.restart(at: at(1_500))
    steady.checkpointStarted(at: at(1_580))
    #expect(end(&steady, at: 1_660, calm) == 0)
    #expect(end(&steady, at: 1_740, calm) == 1)
  }

  @Test("What full leaves cost does not end the agreement of windows, and anything else does")
  func passes() {
    func window(rows: Int, passTime: Double, heldTime: Double = 0) -> SteadyState.Sums {
      SteadyState.Sums(
        rows: rows, batches: rows / 100, log: Int64(rows) * 300, batchLog: Int64(rows) * 300,
        ended: 400, passTime: passTime, heldTime: heldTime)
    }
    func agrees(_ second: SteadyState.Sums) -> Bool {
      var steady = SteadyState(cycle: nil)
      steady.begin(at: at(0), totals: SteadyState.Sums(), log: 0)
      for (number, sums) in [window(rows: 40_000, passTime: 0), second].enumerated() {
        let end = at(Int64(number) * 4 + 4)
        let repeats = steady.repeats(
          of: sums, expectsBatches: true, at: end, until: .distantFuture)
        steady.begin(at: end, totals: SteadyState.Sums(), log: 0)
        if number == 1 { return repeats > 0 }
      }
      return false
    }
    #expect(agrees(window(rows: 40_000, passTime: 0)))
    // Half of the time went into full leaves, and half of the rows came.
    #expect(agrees(window(rows: 20_000, passTime: 2)))
    #expect(!agrees(window(rows: 20_000, passTime: 0)))
    #expect(!agrees(window(rows: 40_000, passTime: 2)))
    // A throttle that holds back half of the time gives half of it back.
    #expect(agrees(window(rows: 32_000, passTime: 1.6, heldTime: 2)))
  }

  @Test("Windows are short again in a phase after one in which a throttle flapped")
  func forgetsThrottle() {
    var steady = SteadyState(cycle: nil)
    steady.begin(at: at(0), totals: SteadyState.Sums(), log: 0)
    #expect(steady.isWindowOver(at: at(1), throttled: true, log: 0) == false)
    #expect(steady.isWindowOver(at: at(2), throttled: false, log: 0) == false)
    // It let go before the window was long enough, and would have to do so again.
    #expect(steady.isWindowOver(at: at(5), throttled: false, log: 0) == false)
    steady.restart(at: at(5))
    #expect(steady.isWindowOver(at: at(6), throttled: false, log: 0) == true)
  }
}
