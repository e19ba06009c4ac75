import Measurements
import Scenarios
import Simulator
import Synchronization
import Testing

@Suite("Running trials on several threads")
struct TrialsTests {
  private static func result(_ trial: Int, complete: Bool = true) -> TrialResult {
    var result = TrialResult(values: [], traceHash: UInt64(trial) &* 0x9E37_79B9_7F4A_7C15)
    result.complete = complete
    return result
  }

  @Test("Results stand in the order of their trials, whatever the number of threads")
  func order() {
    let serial = (0..<47).map { Self.result($0).traceHash }
    for jobs in [1, 2, 7, 64] {
      let outcome = Trials(wanted: .exactly(47), jobs: jobs).run(
        shouldStop: { false }, decided: { _ in true }, finished: { _ in },
        trial: { Self.result($0) })
      #expect(outcome.results.map(\.traceHash) == serial)
      #expect(outcome.complete)
    }
  }

  @Test("Auto asks after 30, 40, 50 trials and stops at the first yes")
  func checkpoints() {
    var asked: [Int] = []
    let outcome = Trials(wanted: .auto, jobs: 3).run(
      shouldStop: { false },
      decided: {
        asked.append($0.count)
        return $0.count >= 50
      }, finished: { _ in }, trial: { Self.result($0) })
    #expect(asked == [30, 40, 50])
    #expect(outcome.results.count == 50)
    #expect(outcome.complete)
  }

  @Test("Auto gives up deciding after 200 trials")
  func most() {
    let outcome = Trials(wanted: .auto, jobs: 2).run(
      shouldStop: { false }, decided: { _ in false }, finished: { _ in }, trial: { Self.result($0) }
    )
    #expect(outcome.results.count == 200)
    #expect(outcome.complete)
  }

  @Test("A stop keeps the trials that had finished and says that some are missing")
  func stopped() {
    let finished = Mutex(0)
    let outcome = Trials(wanted: .exactly(20), jobs: 1).run(
      shouldStop: { finished.withLock { $0 >= 5 } }, decided: { _ in true },
      finished: { count in finished.withLock { $0 = count } }, trial: { Self.result($0) })
    #expect(outcome.results.count == 5)
    #expect(!outcome.complete)
  }

  @Test("A trial that was cut off counts only where none was finished")
  func cutOff() {
    let some = Trials(wanted: .exactly(3), jobs: 1).run(
      shouldStop: { false }, decided: { _ in true }, finished: { _ in },
      trial: { Self.result($0, complete: $0 != 1) })
    #expect(some.results.map(\.complete) == [true, true])
    #expect(!some.complete)
    let none = Trials(wanted: .exactly(1), jobs: 1).run(
      shouldStop: { false }, decided: { _ in true }, finished: { _ in },
      trial: { Self.result($0, complete: false) })
    #expect(none.results.map(\.complete) == [false])
    #expect(!none.complete)
  }

  @Test("Every trial runs once")
  func once() {
    let runs = Mutex([Int](repeating: 0, count: 60))
    _ = Trials(wanted: .exactly(60), jobs: 4).run(
      shouldStop: { false }, decided: { _ in true }, finished: { _ in },
      trial: { index in
        runs.withLock { $0[index] += 1 }
        return Self.result(index)
      })
    #expect(runs.withLock { $0 } == [Int](repeating: 1, count: 60))
  }
}
