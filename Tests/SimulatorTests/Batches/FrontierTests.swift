import Primitives
import Testing

@testable import Simulator

@Suite("The frontier of a running statement")
struct FrontierTests {
  /// Ten rows of ten nanoseconds each, from rank 100.
  private func segment() -> Frontier {
    var frontier = Frontier(rows: 100..<130)
    frontier.begin(segment: 100..<110, demand: .nanoseconds(100))
    return frontier
  }

  @Test("It stands at the first row until that row's work is done")
  func positions() {
    let frontier = segment()
    #expect(frontier.position(burst: .zero) == 100)
    #expect(frontier.position(burst: .nanoseconds(9)) == 100)
    #expect(frontier.position(burst: .nanoseconds(10)) == 101)
    #expect(frontier.position(burst: .nanoseconds(55)) == 105)
    #expect(frontier.position(burst: .nanoseconds(100)) == 110)
    #expect(frontier.position(burst: .nanoseconds(1_000)) == 110)
  }

  @Test("Service adds up over bursts and never exceeds the segment's")
  func bursts() {
    var frontier = segment()
    frontier.add(service: .nanoseconds(35))
    #expect(frontier.position() == 103)
    #expect(frontier.position(burst: .nanoseconds(5)) == 104)
    #expect(frontier.serviceToNextStop == .nanoseconds(65))
    #expect(!frontier.isAtSegmentEnd)
    frontier.add(service: .nanoseconds(500))
    #expect(frontier.isAtSegmentEnd)
    #expect(frontier.position() == 110)
  }

  @Test("The next stop is the nearest obstacle of the segment, else its end")
  func obstacles() {
    var frontier = segment()
    frontier.add(.init(rank: 120, lock: 3))
    #expect(frontier.nextObstacle == nil)
    #expect(frontier.serviceToNextStop == .nanoseconds(100))
    frontier.add(.init(rank: 107, lock: 1))
    frontier.add(.init(rank: 104, lock: 2))
    #expect(frontier.nextObstacle?.lock == 2)
    #expect(frontier.serviceToNextStop == .nanoseconds(40))
    let removed = [frontier.removeObstacle(at: 104), frontier.removeObstacle(at: 104)]
    #expect(removed == [true, false])
    #expect(frontier.serviceToNextStop == .nanoseconds(70))
    frontier.begin(segment: 110..<130, demand: .nanoseconds(200))
    _ = frontier.removeObstacle(at: 107)
    #expect(frontier.nextObstacle?.rank == 120)
    #expect(frontier.serviceToNextStop == .nanoseconds(100))
  }

  @Test("A burst up to an obstacle brings the frontier to it, however the rows divide the time")
  func rounding() {
    var frontier = Frontier(rows: 0..<7)
    frontier.begin(segment: 0..<7, demand: .nanoseconds(100))
    for rank in 1...6 {
      let service = frontier.service(upTo: rank)
      #expect(frontier.position(burst: service) == rank)
      #expect(frontier.position(burst: service - .nanoseconds(1)) == rank - 1)
    }
  }

  @Test("A segment in parts stops at the end of each and knows the share that is done")
  func parts() {
    var frontier = Frontier(rows: 0..<10)
    frontier.begin(segment: 0..<10, demand: .nanoseconds(100), parts: 3)
    // Two of 34 ns; the third ends with the segment.
    #expect(frontier.serviceToNextStop == .nanoseconds(34))
    frontier.add(service: .nanoseconds(34))
    #expect(frontier.serviceToNextStop == .nanoseconds(34))
    #expect(frontier.share(burst: .nanoseconds(16)) == 0.5)
    frontier.add(.init(rank: 4, lock: 1))
    #expect(frontier.serviceToNextStop == .nanoseconds(6))
    _ = frontier.removeObstacle(at: 4)
    frontier.add(service: .nanoseconds(34))
    #expect(frontier.serviceToNextStop == .nanoseconds(32))
  }
}
