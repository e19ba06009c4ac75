import Gates
import Measurements
import Testing

@testable import Tuning

@Suite("Confirmation on fresh seeds")
struct ConfirmationTests {
  @Test("59 of 59 for 95 % of runs with 95 % confidence, more where the scenario asks for more")
  func trials() {
    #expect(Confirmation.trials(assurance: 0.9) == 59)
    // 0.98^183 < 2.5 %.
    #expect(Confirmation.trials(assurance: 0.98) == 183)
  }

  @Test("Whichever of many candidates is chosen, the error of all together stays below 5 %")
  func shared() {
    let chance = (0..<Confirmation.trials(candidates: 24, assurance: 0.5)).reduce(1.0) { p, _ in
      p * 0.95
    }
    #expect(24 * chance <= 0.05 && 24 * chance / 0.95 > 0.05)
  }
}

@Suite("Down a ladder of batches")
struct DescentTests {
  private static let wait = Constraint(
    index: 0,
    rule: GateRule(
      id: "wait", metric: MetricKey("locks.wait.max"), comparison: .atMost, limit: .value(100)),
    limit: 100)
  private static let deadline = Constraint(
    index: 1,
    rule: GateRule(
      id: "deadline", metric: MetricKey("backfill.duration"), comparison: .atMost,
      limit: .value(60)),
    limit: 60)

  /// 1,000 rows and 23 rungs below.
  private static let ladder = (0..<24).map { rung in
    Candidate(values: [], size: (0..<rung).reduce(1_000.0) { size, _ in size / 1.03 })
  }

  /// Trials whose wait goes with the batch, each at its limit with a batch of its own.
  private struct Played {
    var bound: (Int) -> Double
    /// What a trial waits, whatever the batch.
    var other: (Int, Double) -> Double = { _, _ in 0 }
    var duration = 1.0
    var log: [(size: Double, trials: [Int])] = []

    mutating func play(_ candidate: Candidate, _ trials: [Int]) -> [TrialResult] {
      let size = candidate.size ?? 0
      log.append((size, trials))
      return trials.map { trial in
        let wait = max(100 * size / bound(trial), other(trial, size))
        return TrialResult(values: [], gateValues: [wait, duration], traceHash: 0)
      }
    }
  }

  private func run(
    _ played: inout Played, _ ladder: [Candidate] = DescentTests.ladder
  ) throws -> (Tuning.Confirmation, Descent) {
    var descent = Descent(ladder, [Self.wait, Self.deadline], assurance: 0.9)
    var confirmation = try descent.confirm { played.play($0, $1) }
    for _ in 1..<Descent.attempts where !confirmation.isConfirmed {
      guard try descent.descend({ played.play($0, $1) }) else { break }
      confirmation = try descent.confirm { played.play($0, $1) }
    }
    return (confirmation, descent)
  }

  @Test("What passes is confirmed by 59 trials, each played once")
  func passes() throws {
    var played = Played(bound: { _ in 1_200 })
    let (confirmation, descent) = try run(&played)
    #expect(confirmation.isConfirmed && confirmation.passed == 59 && descent.rung == 0)
    #expect(played.log.flatMap(\.trials).sorted() == Array(0..<59))
  }

  @Test("Of 59 bounds the smallest decides, to three percent, in hardly more than two of 59 trials")
  func smallestBound() throws {
    for smallest in [990.0, 870, 760, 520] {
      // One trial in ten is near it, so several failures come one after another.
      var played = Played(bound: { $0 % 10 == 7 ? smallest + Double((58 - $0) / 2) : 1_100 })
      let (confirmation, descent) = try run(&played)
      let size = try #require(confirmation.candidate.size)
      #expect(confirmation.isConfirmed && confirmation.results.count == 59)
      #expect(size <= smallest && size * 1.04 > smallest, "\(size) of \(smallest)")
      #expect(descent.rung > 0)
      #expect(played.log.reduce(0) { $0 + $1.trials.count } < 160)
    }
  }

  @Test("A trial that fails where a larger batch had passed: more trials, a share of error a rung")
  func contradiction() throws {
    // Trial 3 misses its limit with 1,000 rows only, trial 5 with 971 and 943 only.
    var played = Played(
      bound: { _ in 2_000 },
      other: { trial, size in
        (trial == 3 && size > 990) || (trial == 5 && size < 990 && size > 930) ? 105 : 0
      })
    let (confirmation, descent) = try run(&played)
    #expect(confirmation.isConfirmed && descent.rung == 3)
    #expect(confirmation.wanted == 121 && confirmation.results.count == 121)
  }

  @Test("Where only a larger batch would help, or none of the ladder does, it ends unconfirmed")
  func hopeless() throws {
    var late = Played(bound: { _ in 2_000 }, duration: 61)
    let (unconfirmed, descent) = try run(&late)
    #expect(!unconfirmed.isConfirmed && descent.rung == 0)
    #expect(late.log.flatMap(\.trials).count == Descent.slice)
    var far = Played(bound: { _ in 100 })
    #expect(try !run(&far).0.isConfirmed)
    var alone = Played(bound: { _ in 900 })
    #expect(try !run(&alone, [Self.ladder[0]]).0.isConfirmed)
  }
}
