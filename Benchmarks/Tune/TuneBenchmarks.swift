import ArgumentParser
import Foundation
import Gates
import Measurements
import Scenarios
import Tuning

/// Holds `tune` against a brute-force grid of one scenario and prints a row of results/tune.md, for
/// `Benchmarks/tune`.
///
/// The grid is played in slices; what is in its file already is not played again.
@main
struct TuneBenchmarks: ParsableCommand {
  @Argument var file: String
  /// The gate that has to bind.
  @Option var binding: String
  /// Batch sizes of the grid.
  @Option var sizes = 45
  /// Where the grid is kept.
  @Option var grid: String
  @Option var jobs = 2
  /// Stop after so many points of the grid; the next call goes on.
  @Option var slice = Int.max

  /// Points of the grid that are played at a time, their events counted with the first.
  private static let together = 15

  func run() throws {
    let loaded = try ScenarioFile.load(path: file)
    let tuner = try Tuner(
      loaded, header: header(loaded), extras: .init(), jobs: jobs, exact: false,
      shouldStop: { false }, finished: {})
    guard let grid = try playGrid(tuner) else { return }
    let clock = Date.now
    let result = try tuner.run()
    let elapsed = Date.now.timeIntervalSince(clock)
    guard let choice = result.recommended else { throw ValidationError("nothing feasible") }
    guard let best = try best(of: grid, tuner) else {
      throw ValidationError("no point of the grid passes")
    }
    let fastest = best.duration
    let searching = result.counts.events - result.counts.confirmingEvents
    let gridEvents = Search.trials * grid.reduce(0) { $0 + $1.events }
    let confirmation = choice.confirmation
    let fields: [String] = [
      result.name, words(best.candidate), seconds(fastest),
      "\(grid.count), \(grid.count { tuner.meets($0.evaluation) })",
      words(choice.boundary.candidate),
      percent(choice.boundary.duration / fastest - 1), words(choice.candidate),
      percent(choice.evaluation.duration / fastest - 1),
      "\(confirmation?.passed ?? 0) of \(confirmation?.results.count ?? 0)",
      bound(result), String(format: "%.0f×", Double(gridEvents) / Double(searching)),
      String(format: "%.0f×", Double(gridEvents) / Double(result.counts.events)),
      String(format: "%.0f s", elapsed),
    ]
    print("| " + fields.joined(separator: " | ") + " |")
  }

  /// The fastest point that meets every gate in the trials that the search gives its own, and passes the fresh
  /// ones: the luckiest of hundreds need not pass itself.
  ///
  /// One that misses a gate in its first trial needs no other; those that are slower there than the best
  /// one by more than trials differ are not looked at.
  private func best(of grid: [Point], _ tuner: Tuner) throws -> Evaluation? {
    var best: Evaluation?
    for point in grid.filter({ tuner.meets($0.evaluation) })
      .sorted(by: { $0.evaluation.duration < $1.evaluation.duration })
    {
      if let best, point.evaluation.duration > 1.02 * best.duration { break }
      guard let whole = try tuner.play([point.evaluation.candidate]).evaluations.first,
        tuner.meets(whole), whole.duration < best?.duration ?? .infinity,
        try tuner.firstConfirmed([whole.candidate]) != nil
      else { continue }
      best = whole
    }
    return best
  }

  private func bound(_ result: TuneResult) -> String {
    guard case .gate(let id) = result.binding else { return "\(result.binding as Any), **wrong**" }
    return id == binding ? id : "\(id), **wrong**"
  }

  private struct Point {
    var evaluation: Evaluation
    var events: Int
  }

  /// Nil where a slice ended before the grid did.
  private func playGrid(_ tuner: Tuner) throws -> [Point]? {
    let candidates = tuner.grid(sizes: sizes)
    var known =
      (try? String(contentsOfFile: grid, encoding: .utf8))?
      .split(separator: "\n").map(String.init) ?? []
    let end = known.count + min(max(0, candidates.count - known.count), slice)
    for start in stride(from: known.count, to: end, by: Self.together) {
      let next = Array(candidates[start..<min(end, start + Self.together)])
      let played = try tuner.play(next, trials: 1)
      for (index, evaluation) in played.evaluations.enumerated() {
        known.append(line(evaluation, index == 0 ? played.events : 0))
      }
      try (known.joined(separator: "\n") + "\n").write(
        toFile: grid, atomically: true, encoding: .utf8)
    }
    guard known.count >= candidates.count else { return nil }
    return zip(candidates, known).map { point($0, $1) }
  }

  /// Events, then for each trial its duration and gate values, separated by tabs and blanks.
  private func line(_ evaluation: Evaluation, _ events: Int) -> String {
    let trials = evaluation.samples.map { sample in
      ([sample.duration] + sample.gateValues.map { $0 ?? .nan }).map { "\($0)" }
        .joined(separator: " ")
    }
    return (["\(events)"] + trials).joined(separator: "\t")
  }

  private func point(_ candidate: Candidate, _ line: String) -> Point {
    let fields = line.split(separator: "\t")
    let samples = fields.dropFirst().map { trial in
      let numbers = trial.split(separator: " ").map { Double($0) ?? .nan }
      return Sample(
        gateValues: numbers.dropFirst().map { $0.isNaN ? nil : $0 }, duration: numbers[0],
        latency: nil)
    }
    return Point(
      evaluation: Evaluation(candidate: candidate, samples: samples), events: Int(fields[0]) ?? 0)
  }

  private func words(_ candidate: Candidate) -> String {
    candidate.values.map(\.text).joined(separator: " × ")
  }

  private func seconds(_ value: Double) -> String { String(format: "%.0f s", value) }

  private func percent(_ share: Double) -> String { String(format: "%+.1f %%", 100 * share) }

  private func header(_ loaded: LoadedScenario) -> RunRecord.Header {
    RunRecord.Header(
      name: loaded.scenario.name, world: .simulated, modelVersion: 0,
      seed: loaded.scenario.run.seed,
      versions: [:], host: .init(os: "", arch: "", cpus: 0, memoryBytes: 0), scenario: [],
      assurance: loaded.scenario.run.assurance)
  }
}
