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

  /// Ends the window at a checkpoint and starts the next one where the skipped time ends.
  private func end(
    _ steady: inout SteadyState, at second: Int64, _ window: SteadyState.Sums
  ) -> Int64 {
    steady.checkpointStarted(at: at(second))
    #expect(steady.isWindowOver(at: at(second), throttled: false) == true)
    let repeats = steady.repeats(
      of: window, expectsBatches: true, at: at(second), until: .distantFuture)
    steady.begin(at: at(second + 80 * Int64(repeats)), totals: SteadyState.Sums())
    return Int64(repeats)
  }

  @Test(
    "One cycle is enough to know a state again that was steady before a vacuum, and for as long")
  func recalls() {
    var steady = SteadyState(cycle: nil)
    let (calm, vacuumed) = (cycle(batches: 800), cycle(batches: 400))
    steady.checkpointStarted(at: at(0))
    #expect(end(&steady, at: 80, calm) == 0)
    #expect(end(&steady, at: 160, calm) == 0)
    #expect(end(&steady, at: 240, calm) == 2)
    // A vacuum begins, lasts and ends, each time within a cycle.
    steady.disturbed(at: at(430))
    #expect(end(&steady, at: 480, cycle(batches: 600)) == 0)
    #expect(end(&steady, at: 560, vacuumed) == 0)
    steady.disturbed(at: at(600))
    #expect(end(&steady, at: 640, cycle(batches: 600)) == 0)
    // From 80 to 430, and this cycle: as many as 430 s hold.
    #expect(end(&steady, at: 720, calm) == 5)
    // Another phase is another world.
    steady.restart(at: at(1_200))
    steady.checkpointStarted(at: at(1_280))
    #expect(end(&steady, at: 1_360, calm) == 0)
    #expect(end(&steady, at: 1_440, calm) == 0)
  }

  @Test("Windows are short again in a phase after one in which a throttle flapped")
  func forgetsThrottle() {
    var steady = SteadyState(cycle: nil)
    steady.begin(at: at(0), totals: SteadyState.Sums())
    #expect(steady.isWindowOver(at: at(1), throttled: true) == false)
    #expect(steady.isWindowOver(at: at(2), throttled: false) == false)
    // It let go before the window was long enough, and would have to do so again.
    #expect(steady.isWindowOver(at: at(5), throttled: false) == false)
    steady.restart(at: at(5))
    #expect(steady.isWindowOver(at: at(6), throttled: false) == true)
  }
}
