import Primitives
import Testing

@testable import Simulator

@Suite("Writing of the page cache")
struct PageCacheWritebackTests {
  /// Bytes by the second at which they were handed to the device, of a relation that has `grown` bytes then.
  private static func bursts(
    phase: Double, seconds: Int, checkpointAt: Int? = nil, grown: (Int) -> Int
  ) -> [Int: Int] {
    var writeback = PageCacheWriteback(expire: .seconds(30), phase: phase)
    var bursts: [Int: Int] = [:]
    for second in 1...seconds {
      if second == checkpointAt { writeback.checkpointEnded(grown: grown(second)) }
      let burst = writeback.due(grown: grown(second), at: Instant(seconds: Double(second)))
      if burst > 0 { bursts[second] = burst }
    }
    return bursts
  }

  @Test("The first look after the oldest page has been dirty for 30 s writes everything, and so on")
  func cycle() {
    // Looks at 2, 7, 12 …; dirty from the first second, and from the one after a burst.
    let found = Self.bursts(phase: 0.4, seconds: 80) { $0 * 100 }
    #expect(found == [32: 3_200, 67: 3_500])
  }

  @Test("Where nothing grows any more, the last of it is written once")
  func ends() {
    #expect(Self.bursts(phase: 0, seconds: 100) { min($0, 12) * 100 } == [35: 1_200])
  }

  @Test("A checkpoint has flushed what was dirty")
  func checkpoint() {
    let found = Self.bursts(phase: 0, seconds: 70, checkpointAt: 30) { $0 * 100 }
    // Dirty again from second 31.
    #expect(found == [65: 3_500])
  }
}
