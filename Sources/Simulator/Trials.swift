import Dispatch
import Measurements
import Scenarios
import Synchronization

/// Runs independent trials on several threads, in such a way that neither their number nor any
/// result depends on how many threads there are: work is pulled by index, results are kept by
/// index, and whether to go on is decided only after fixed numbers of trials.
package struct Trials: Sendable {
  /// `auto` asks for the first time after this many trials, and then after every `step` more.
  package static let fewest = 30
  package static let step = 10
  package static let most = 200

  package var wanted: RunSettings.Trials
  package var jobs: Int

  package init(wanted: RunSettings.Trials, jobs: Int) {
    self.wanted = wanted
    self.jobs = max(1, jobs)
  }

  package struct Outcome: Sendable {
    /// By index of the trial.
    ///
    /// Interrupted trials are left out unless there is nothing else.
    package var results: [TrialResult]
    /// Every trial that was wanted ran to its end.
    package var complete: Bool
  }

  /// At most so many trials will run.
  package var planned: Int {
    switch wanted {
    case .auto: Self.most
    case .exactly(let count): count
    }
  }

  /// - Parameters:
  ///   - shouldStop: Asked before each trial, and by the trials themselves.
  ///   - decided: Whether more trials could change a verdict; asked at fixed counts only.
  ///   - finished: Told the number of finished trials, from any thread.
  ///   - trial: Runs the trial of that index.
  /// - Returns: The trials that ran, and whether that is all of them.
  package func run(
    shouldStop: @Sendable () -> Bool, decided: ([TrialResult]) -> Bool,
    finished: @Sendable (Int) -> Void, trial: @Sendable (Int) -> TrialResult
  ) -> Outcome {
    var results: [TrialResult] = []
    var partial: [TrialResult] = []
    var goal = wanted == .auto ? Self.fewest : planned
    while results.count < goal {
      let first = results.count
      let batch = pull(
        first..<goal, before: first, shouldStop: shouldStop, finished: finished, trial: trial)
      for result in batch {
        guard let result else { continue }
        if result.complete { results.append(result) } else { partial.append(result) }
      }
      if results.count < goal {
        return Outcome(results: results.isEmpty ? partial : results, complete: false)
      }
      if wanted == .auto, goal < Self.most, !decided(results) { goal += Self.step }
    }
    return Outcome(results: results, complete: true)
  }

  private func pull(
    _ indices: Range<Int>, before: Int, shouldStop: @Sendable () -> Bool,
    finished: @Sendable (Int) -> Void, trial: @Sendable (Int) -> TrialResult
  ) -> [TrialResult?] {
    let done = Atomic(before)
    return inParallel(indices.count, threads: jobs, shouldStop: shouldStop) { index in
      let result = trial(indices.lowerBound + index)
      finished(done.wrappingAdd(1, ordering: .relaxed).newValue)
      return result
    }
  }
}

/// `count` pieces of work on several threads, pulled by index and kept by index, so that what comes
/// out does not depend on how many threads there are; nil where `shouldStop` came before the piece.
package func inParallel<Result: Sendable>(
  _ count: Int, threads: Int, shouldStop: @Sendable () -> Bool,
  work: @Sendable (Int) -> Result
) -> [Result?] {
  let next = Atomic(0)
  let results = Mutex([Result?](repeating: nil, count: count))
  DispatchQueue.concurrentPerform(iterations: min(max(1, threads), count)) { _ in
    while !shouldStop() {
      let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
      guard index < count else { return }
      let result = work(index)
      results.withLock { $0[index] = result }
    }
  }
  return results.withLock { $0 }
}
