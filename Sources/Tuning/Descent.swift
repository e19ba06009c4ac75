import Gates
import Measurements
import Primitives
import Scenarios

/// From a recommendation down a ladder of ever smaller batches to the first that meets every gate in every
/// fresh trial.
///
/// Under common random numbers a trial that one batch passes is passed by every smaller one: each trial
/// has a bound of its own, and what passes them all lies below the smallest, which for 59 trials is a
/// tolerance limit with 95 % confidence however it was found (Wilks, Annals of Mathematical Statistics
/// 12, 1941). A trial that passes a batch and fails a smaller one disproves that order; from then on every
/// rung of the ladder, which was fixed before the first trial, has its share of the error (Bonferroni), and
/// more trials are wanted.
struct Descent: Sendable {
  /// Fresh trials of a candidate, by number.
  typealias Play = (_ candidate: Candidate, _ trials: [Int]) throws -> [TrialResult]

  /// Rungs on which all trials are begun.
  static let attempts = 8
  /// Played at a time; one with a failure ends the attempt.
  static let slice = 12
  /// Rungs that the size of a failure can suggest at once.
  private static let longest = 8

  /// The recommendation first.
  let ladder: [Candidate]
  private let constraints: [Constraint]
  private let assurance: Double
  private(set) var rung = 0
  /// By rung and number of the trial.
  private var results: [[TrialResult?]]

  init(_ ladder: [Candidate], _ constraints: [Constraint], assurance: Double) {
    self.ladder = ladder
    self.constraints = constraints
    self.assurance = assurance
    let most = Confirmation.trials(candidates: ladder.count, assurance: assurance)
    results = Array(repeating: Array(repeating: nil, count: most), count: ladder.count)
  }

  var candidate: Candidate { ladder[rung] }

  /// Trials of the current rung: those that no rung has had come first, since they may fail.
  mutating func confirm(_ play: Play) throws -> Confirmation {
    while failing(at: rung).isEmpty {
      let open = (0..<wanted).filter { results[rung][$0] == nil }
      let fresh = open.filter { trial in results.allSatisfy { $0[trial] == nil } }
      let next = (fresh + open.filter { !fresh.contains($0) }).prefix(Self.slice)
      if next.isEmpty { break }
      try self.play(Array(next), at: rung, play)
    }
    let played = results[rung].compactMap { $0 }
    return Confirmation(
      candidate: candidate, results: played, passed: played.count(where: holds), wanted: wanted)
  }

  /// To the first rung below on which the trials that fail here hold; false where there is none.
  ///
  /// Found by bisection with those trials alone.
  mutating func descend(_ play: Play) throws -> Bool {
    var failing = failing(at: rung)
    guard !failing.isEmpty, !failing.contains(where: wantsLarge) else { return false }
    var (above, below) = (rung, Int?.none)
    while (below ?? ladder.count) - above > 1 {
      let next =
        below.map { (above + $0) / 2 } ?? min(ladder.count - 1, above + steps(failing, above))
      try self.play(failing, at: next, play)
      let still = failing.filter { !(results[next][$0].map(holds) ?? true) }
      if still.isEmpty { below = next } else { (above, failing) = (next, still) }
    }
    guard let below else { return false }
    rung = below
    return true
  }

  /// One rung further; false on the last.
  mutating func step() -> Bool {
    guard rung + 1 < ladder.count else { return false }
    rung += 1
    return true
  }

  private var wanted: Int {
    Confirmation.trials(candidates: isOrdered ? 1 : ladder.count, assurance: assurance)
  }

  /// No trial passed a batch and failed a smaller one.
  private var isOrdered: Bool {
    results[0].indices.allSatisfy { trial in
      let held = results.map { $0[trial].map(holds) }
      let passed = held.firstIndex(of: true) ?? held.count
      return !held.dropFirst(passed).contains(false)
    }
  }

  private func failing(at rung: Int) -> [Int] {
    results[rung].indices.filter { !(results[rung][$0].map(holds) ?? true) }
  }

  private mutating func play(_ trials: [Int], at rung: Int, _ play: Play) throws {
    let open = trials.filter { results[rung][$0] == nil }
    for (trial, result) in zip(open, try play(ladder[rung], open)) { results[rung][trial] = result }
  }

  private func holds(_ trial: TrialResult) -> Bool {
    constraints.allSatisfy { $0.holds(in: trial) }
  }

  /// A gate that a smaller batch would not relieve is missed.
  private func wantsLarge(_ trial: Int) -> Bool {
    results[rung][trial].map { result in
      constraints.contains { $0.wantsLarge && !$0.holds(in: result) }
    } ?? false
  }

  /// Rungs to where the worst of these trials would meet its gates if their values went with the batch.
  private func steps(_ failing: [Int], _ rung: Int) -> Int {
    let excesses = failing.compactMap { results[rung][$0] }.flatMap { result in
      constraints.compactMap { $0.reading([Sample(result)])?.excess }
    }
    guard let worst = excesses.max(), worst > 0, worst.isFinite else { return Self.longest }
    let steps = Double.log(1 + worst) / Double.log(Branch.resolution)
    return min(Self.longest, max(1, Int(steps.rounded(.up))))
  }
}

extension Descent {
  /// Batches of a ladder, each smaller by what sizes are told apart by: down to half the first.
  private static let rungs = 24

  /// The winner and every smaller batch of its branch; itself alone where there is no batch to make smaller.
  static func ladder(from winner: Finalist, _ space: SearchSpace) -> [Candidate] {
    guard let axis = space.axis else { return [winner.backed.evaluation.candidate] }
    var ladder: [Candidate] = []
    var size = winner.backed.size
    while ladder.count < rungs, size >= axis.range.low {
      let candidate = space.candidate(winner.combination, size: size)
      if candidate != ladder.last { ladder.append(candidate) }
      size = min(size / Branch.resolution, (candidate.size ?? size) / Branch.resolution)
    }
    return ladder
  }
}

extension Constraint {
  /// Gates on the mean over runs are judged over all of them, not by one.
  func holds(in trial: TrialResult) -> Bool {
    guard rule.judgement == .shareOfTrials, let value = trial.gateValues[index] else { return true }
    return rule.comparison.holds(value, limit)
  }
}
