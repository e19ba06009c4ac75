import Primitives
import Scenarios
import Testing

@testable import Simulator

@Suite("When checkpoints start and how they write")
struct CheckpointerTests {
  private func checkpointer(target: String = "0.5") throws -> Checkpointer {
    let settings =
      "{max_wal_size: 150MiB, checkpoint_timeout: 100s, checkpoint_completion_target: \(target)}"
    let scenario = try SmallScenario.load(database: "{settings: \(settings)}")
    return Checkpointer(scenario.database.settings)
  }

  /// Writes until nothing is left, with the log growing evenly.
  private func end(
    of checkpointer: inout Checkpointer, logPerSecond: Int64, atMost: Int = .max
  ) -> TimeSpan {
    var now = Instant.zero
    while checkpointer.pagesLeft > 0 && now < .zero + .seconds(1_000) {
      let log = Int64(Double(logPerSecond) * now.seconds)
      _ = checkpointer.pagesForTick(at: now, logPosition: log, atMost: atMost)
      now = now + checkpointer.tick
    }
    return now - .zero
  }

  @Test("Requested after max_wal_size / (1 + target), or when its time has come")
  func due() throws {
    var checkpointer = try checkpointer()
    checkpointer.begin(startedAt: .zero + .seconds(10), redo: 1_000)
    #expect(checkpointer.logLimit == 100 << 20)
    #expect(!checkpointer.isDue(at: .zero + .seconds(109), logPosition: 1_000))
    #expect(checkpointer.isDue(at: .zero + .seconds(110), logPosition: 1_000))
    #expect(checkpointer.isDue(at: .zero + .seconds(11), logPosition: 1_000 + 100 << 20))
    #expect(!checkpointer.isDue(at: .zero + .seconds(11), logPosition: 999 + 100 << 20))
  }

  @Test("With little log the writes end at the target's share of the timeout")
  func inTime() throws {
    var checkpointer = try checkpointer()
    checkpointer.start(at: .zero, logPosition: 0, dirtyPages: 10_000, writes: 10_000)
    let length = end(of: &checkpointer, logPerSecond: 0)
    #expect(length > .milliseconds(49500) && length <= .milliseconds(50100))
    #expect(checkpointer.pagesWritten == 10_000)
  }

  @Test("With much log they end at the target's share of the log")
  func inLog() throws {
    var checkpointer = try checkpointer()
    checkpointer.start(at: .zero, logPosition: 0, dirtyPages: 10_000, writes: 10_000)
    // Half of 100 MiB is reached after five seconds.
    let length = end(of: &checkpointer, logPerSecond: 10 << 20)
    #expect(length > .milliseconds(4800) && length <= .milliseconds(5200))
  }

  @Test("A device that writes no faster sets the pace")
  func behind() throws {
    var checkpointer = try checkpointer()
    checkpointer.start(at: .zero, logPosition: 0, dirtyPages: 10_000, writes: 10_000)
    // One page a tick: a hundred seconds instead of fifty.
    let length = end(of: &checkpointer, logPerSecond: 0, atMost: 1)
    #expect(length > .milliseconds(99800) && length <= .milliseconds(100200))
  }
}
