import Primitives
import Testing

@testable import Simulator

@Suite("Writing of the page cache")
struct PageCacheWritebackTests {
  /// Bytes by the second at which they were handed to the device, of a relation that has grown by so many then.
  private static func bursts(
    phase: Double, seconds: Int, checkpointAt: Int? = nil, size: Int = 0, grown: (Int) -> Int
  ) -> [Int: Int] {
    var writeback = PageCacheWriteback(sizes: [size], expire: .seconds(30), phase: phase)
    var bursts: [Int: Int] = [:]
    for second in 1...seconds {
      let now = Instant(seconds: Double(second))
      writeback.grow(to: [size + grown(second)], at: now)
      if second == checkpointAt { writeback.checkpointEnded() }
      let burst = writeback.due(at: now)
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

  @Test("Each file of a relation has its own age")
  func files() {
    let found = Self.bursts(
      phase: 0, seconds: 70, size: PageCacheWriteback.fileBytes - 1_200
    ) { $0 * 100 }
    // The second file is dirty from second 13 on; nothing more comes to the first.
    #expect(found == [35: 1_200, 45: 3_300])
  }

  @Test("A server that replays has what the share that it came nearer brought")
  func behind() {
    var writeback = PageCacheWriteback(sizes: [0, 0], expire: .seconds(30), phase: 0)
    writeback.grow(to: [1_000, 400], share: 0.5, at: Instant(seconds: 1))
    writeback.grow(to: [1_000, 400], share: 0.5, at: Instant(seconds: 2))
    #expect(writeback.due(at: Instant(seconds: 35)) == 1_050)
    #expect(writeback.due(at: Instant(seconds: 40)) == 0)
  }
}
