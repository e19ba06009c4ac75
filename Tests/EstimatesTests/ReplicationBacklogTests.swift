import Estimates
import Testing

@Suite("A replica fed faster than it replays")
struct ReplicationBacklogTests {
  let backlog = ReplicationBacklog(during: 30, after: 10, capacity: 20, duration: 100)

  @Test("The backlog at the stop is (30 − 20) × 100")
  func peak() { #expect(backlog.peak == 1_000) }

  @Test("Lag peaks at 50 s, 50 s after the backfill has stopped")
  func peakLag() {
    #expect(backlog.peakLag == 50)
    #expect(backlog.peakAt == 150)
  }

  @Test("It is drained 100 s after the stop")
  func drain() { #expect(backlog.drain == 100) }

  @Test(
    "The lag shown climbs by a third of a second a second, then falls by one",
    arguments: [(50.0, 16.666_667), (100, 33.333_333), (150, 50), (160, 40), (180, 20), (200, 0)])
  func shown(at t: Double, lag: Double) {
    #expect(abs(backlog.shownLag(at: t) - lag) < 1e-5)
  }

  @Test("A replica that keeps up has no backlog")
  func keepsUp() {
    let idle = ReplicationBacklog(during: 15, after: 10, capacity: 20, duration: 100)
    #expect(idle.peak == 0)
    #expect(idle.peakLag == 0)
    #expect(idle.drain == 0)
    #expect(idle.shownLag(at: 50) == 0)
  }

  @Test("Traffic that alone is too much never lets it drain")
  func neverDrains() {
    #expect(
      ReplicationBacklog(during: 30, after: 20, capacity: 20, duration: 1).drain == .infinity)
  }
}
