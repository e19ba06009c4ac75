import Estimates
import Testing

@Suite("Commits that share flushes, and pages touched at random")
struct GroupCommitTests {
  @Test(
    "Mean latency in flush times, and commits per flush",
    arguments: [
      (0.1, 1.0498, 1.0048), (0.5, 1.2259, 1.1065), (1, 1.3655, 1.3679), (3, 1.4918, 3.0498),
      (10, 1.5, 10.0),
    ])
  func constantFlush(load: Double, latency: Double, commits: Double) {
    let group = GroupCommit(rate: load / 0.002, flush: 0.002)
    #expect(abs(group.meanLatency / 0.002 - latency) < 1e-4)
    #expect(abs(group.commitsPerFlush - commits) < 1e-4)
  }

  @Test("1,000 touches on 5,000 pages hit 906 of them, on 549 pages 460")
  func distinct() {
    #expect(abs(distinctPages(touches: 1_000, pages: 5_000) - 906.346) < 0.001)
    #expect(abs(distinctPages(touches: 1_000, pages: 549) - 460.18) < 0.01)
  }

  @Test("Few touches on many pages are all distinct, and many touches reach every page")
  func limits() {
    #expect(abs(distinctPages(touches: 10, pages: 1e9) - 10) < 1e-6)
    #expect(distinctPages(touches: 1e9, pages: 100) == 100)
    #expect(distinctPages(touches: 10, pages: 0) == 0)
  }
}
