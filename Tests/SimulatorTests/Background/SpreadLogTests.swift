import Primitives
import Testing

@testable import Simulator

@Suite("Log that is written over a stretch of time")
struct SpreadLogTests {
  @Test("Whenever somebody looks, what was taken is the share written, and in the end the whole")
  func shares() {
    let whole = LogContent(bytes: 1_000_003, replay: .nanoseconds(7_777), conflictHorizon: 5)
    var log = SpreadLog(whole)
    var taken = LogContent()
    for share in [0, 0.1, 0.1, 0.37, 0.999, 1] {
      if let part = log.take(upTo: share) { taken.append(part) }
      #expect(taken.bytes == Int64(1_000_003 * share))
      // What removes versions is known only when the last of it has come.
      #expect((taken.conflictHorizon == 5) == log.isEmpty)
    }
    #expect(taken == whole)
    #expect(log.take(upTo: 1) == nil)
  }
}
