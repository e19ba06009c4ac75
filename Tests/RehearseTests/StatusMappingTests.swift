import ArgumentParser
import LiveDriver
import Measurements
import RunHistory
import Scenarios
import Testing

@testable import rehearse

/// Ours, not that of the testing library.
private typealias Status = rehearse.ExitStatus

@Suite("What an exit status is made of")
struct StatusMappingTests {
  /// Signal, 70, 1, 5, 2, 3, success.
  private static let ranks: [[Status]] = [
    [.interrupted, .terminated], [.internalError], [.incomplete], [.stoppedByThrottle],
    [.gateFailed], [.inconclusive], [.success],
  ]

  @Test("Of several causes the one that comes first in the contract decides, in whatever order")
  func precedence() {
    for (rank, causes) in Self.ranks.enumerated() {
      for cause in causes {
        for other in Self.ranks[(rank + 1)...].flatMap({ $0 }) {
          #expect(Status.combined([cause, other]) == cause)
          #expect(Status.combined([other, cause]) == cause)
        }
      }
    }
    #expect(Status.combined(Self.ranks.flatMap { $0 }.reversed()) == .interrupted)
    #expect(Status.combined([]) == .success)
  }

  @Test("What ends a command at once comes before verdicts and after signals and bugs")
  func atOnce() {
    for cause in [
      Status.usage, .invalidInput, .noSuchInput, .serverUnreachable, .outputNotWritable,
      .refusedForSafety, .invalidProjectConfiguration,
    ] {
      for first in [Status.interrupted, .terminated, .internalError] {
        #expect(Status.combined([cause, first]) == first)
      }
      for later in [Status.stoppedByThrottle, .gateFailed, .inconclusive, .success] {
        #expect(Status.combined([later, cause]) == cause)
      }
    }
  }

  @Test("A live backfill that was stopped, gave up, or lost its server ends with 5, 1 and 69")
  func liveEnds() {
    for (end, status) in [
      (LiveResult.End.finished, Status.success), (.interrupted, .success),
      (.stoppedByThrottle, .stoppedByThrottle), (.gaveUp("why"), .incomplete),
      (.serverLost("why"), .serverUnreachable),
    ] {
      let meaning = Live.meaning(of: end)
      #expect(meaning.status == status)
      let mustSayWhy = [.incomplete, .serverUnreachable].contains(status)
      #expect((meaning.complaint != nil) == mustSayWhy)
    }
  }

  private struct Surprise: Error {}

  @Test("An error that nobody expected is our bug: 70, and says so")
  func unexpected() throws {
    let failure = try #require(Failure(of: Surprise()))
    #expect(failure.status.rawValue == 70)
    #expect(failure.help?.contains("this is a bug in rehearse") == true)
  }

  @Test("Bad usage is 64, a failure keeps its own status, and help is an answer")
  func expected() {
    #expect(Failure(of: ValidationError("no"))?.status.rawValue == 64)
    #expect(Failure(of: Failure(.noSuchInput, "gone"))?.status.rawValue == 66)
    #expect(Failure(of: CleanExit.helpRequest()) == nil)
  }

  @Test("A trial whose books do not balance is our bug, with the trial and the seed to repeat it")
  func violations() throws {
    let scenario = try ScenarioFile.load(text: Small.scenario(), path: "s.yaml").scenario
    var result = TrialResult(values: [], traceHash: 1)
    #expect(Failure(violationsIn: result, trial: 1, of: scenario) == nil)
    result.violations = ["arrived 3 ≠ completed 2"]
    let failure = try #require(Failure(violationsIn: result, trial: 1, of: scenario))
    #expect(failure.status.rawValue == 70)
    #expect(failure.message == "trial 1 of small, seed 3: arrived 3 ≠ completed 2")
  }

  @Test("A history that is asked for and cannot be read has a status of its own")
  func history() {
    func status(_ error: RunHistoryError) -> Int32 { Failure(error).status.rawValue }
    #expect(status(.noSuchRun("x")) == 66)
    #expect(status(.ambiguous("x", [])) == 66)
    #expect(status(.corrupt(path: "h", detail: "")) == 65)
    #expect(status(.tooNew(path: "h")) == 65)
    #expect(status(.locked(path: "h")) == 1)
    #expect(status(.diskFailed(path: "h", detail: "")) == 1)
  }
}
