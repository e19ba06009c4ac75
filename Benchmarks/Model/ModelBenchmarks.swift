import ArgumentParser
import Foundation
import Gates
import Measurements
import Scenarios
import Simulator

/// Plays trials of a scenario and prints one line of what they took, for `Benchmarks/model`.
///
/// Tab-separated: processor seconds, elapsed seconds, transactions served, calendar events, seconds
/// of model time, peak resident bytes.
@main
struct ModelBenchmarks: ParsableCommand {
  @Argument var file: String
  @Option var set: [String] = []
  @Option var trials = 1
  @Option var jobs = 1
  @Flag var exact = false

  func run() throws {
    let scenario = try ScenarioFile.load(path: file, sets: set).scenario
    let (exact, seed) = (exact, scenario.run.seed)
    let (processor, clock) = (processorTime(), Date.now)
    let outcome = Trials(wanted: .exactly(trials), jobs: jobs).run(
      shouldStop: { false }, decided: { _ in true }, finished: { _ in }
    ) { simulateTrial(scenario, trial: $0, seed: seed, exact: exact) }
    let elapsed = Date.now.timeIntervalSince(clock)
    let served = outcome.results.reduce(0) { $0 + sum($1, "app.completed") }
    let events = outcome.results.reduce(0) { $0 + $1.events }
    let modelTime = outcome.results.reduce(0) { $0 + sum($1, "backfill.duration") }
    let fields: [Any] = [
      processorTime() - processor, elapsed, Int(served), events, modelTime, peakResidentBytes(),
    ]
    print(fields.map { "\($0)" }.joined(separator: "\t"))
  }

  /// Over all phases and classes.
  private func sum(_ trial: TrialResult, _ name: String) -> Double {
    trial.values.filter { value in
      value.metric.name == name && !value.metric.labels.contains { $0.name == "class" }
    }.reduce(0) { $0 + ($1.value ?? 0) }
  }
}

/// Processor seconds of this process.
private func processorTime() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

private func peakResidentBytes() -> Int {
  var usage = rusage()
  getrusage(0, &usage)  // RUSAGE_SELF, whose type differs between C libraries
  return Int(usage.ru_maxrss) * 1_024
}
