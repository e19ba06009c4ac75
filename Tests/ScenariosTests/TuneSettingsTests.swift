import Strategies
import Testing

@testable import Scenarios

/// What `tune:` says, and what is refused with place and hint.
@Suite struct TuneSettingsTests {
  private func tune(_ space: String) throws -> TuneSettings {
    let text = scenario(with: "tune: {objective: min_duration, space: {\(space)}}")
    return try #require(try ScenarioFile.load(text: text, path: "s.yaml").scenario.tune)
  }

  private func problem(_ space: String) throws -> Problem {
    let text = scenario(with: "tune: {space: {\(space)}}")
    let errors = ScenarioFile.problems(text: text, path: "s.yaml")
    return try #require(errors.first { $0.severity == .error })
  }

  @Test("A range is read in the base unit of its path, a list as it is written")
  func read() throws {
    let tune = try tune(
      "strategy.batch.rows: {from: 200, to: 50k, scale: log}, strategy.pause: [0ms, 50ms, 0ms]")
    #expect(tune.axes.map(\.path) == ["strategy.batch.rows", "strategy.pause"])
    let range = try #require(tune.axes[0].range)
    #expect((range.low, range.high, range.scale) == (200, 50_000, .log))
    #expect(tune.axes[1].texts == ["0ms", "50ms"])
    let times = try self.tune("strategy.pause: {from: 50ms, to: 1s, steps: 3}").axes[0]
    #expect(times.texts == ["50ms", "525ms", "1s"])
  }

  @Test("A logarithmic range has equal ratios between its points, whole where things are counted")
  func points() {
    let range = TuneRange(low: 1, high: 16, scale: .log, dimension: .count)
    #expect(range.points(5) == [1, 2, 4, 8, 16])
    #expect(range.rounded(3.4) == 3)
    #expect(TuneRange(low: 1, high: 3, scale: .log, dimension: .count).points(9) == [1, 2, 3])
    let time = TuneRange(low: 0.01, high: 9, scale: .log, dimension: .time)
    #expect(time.text(time.rounded(0.123456)) == "123ms")
  }

  @Test(
    "A space that makes no sense is refused where it says so",
    arguments: [
      ("strategy.batch.rows: {from: 500, to: 200}", "RH0803", "swap from and to"),
      ("strategy.batch.rows: {from: 500, to: 500}", "RH0803", "a single value is a list: [500]"),
      ("strategy.pause: {from: 0ms, to: 1s, scale: log}", "RH0803", "begin above 0"),
      ("strategy.pause: {from: 0ms, to: 1s, steps: 0}", "RH0205", "2"),
      ("strategy.worker: [1, 2]", "RH0801", "did you mean \"strategy.workers\"?"),
      ("table.rows: [1M, 2M]", "RH0801", "choose a path of strategy"),
      ("strategy.batch: [1, 2]", "RH0801", "such as strategy.batch.rows"),
      ("strategy.preset: [keyset, offset]", "RH0801", "rehearse compare --presets all"),
      ("\"strategy.throttle[0].every\": [1s, 2s]", "RH0801", ""),
      ("strategy.workers: [1, 0]", "RH0205", "1"),
      ("strategy.order: {from: ascending, to: random}", "RH0802", "ascending"),
      ("strategy.pause: [50]", "RH0201", "50ms"),
      ("strategy.pause: [0ms], strategy.pause.ratio: [1]", "RH0204", "vary one of the two"),
      ("strategy.workers: []", "RH0109", "at least one"),
    ])
  func refused(space: String, code: String, hint: String) throws {
    let problem = try problem(space)
    #expect(problem.code == code, "\(problem.render())")
    #expect(problem.hint.contains(hint), "\(problem.render())")
    #expect(!problem.hint.isEmpty)
    #expect(problem.sourceLine.contains("tune:"))
  }

  @Test("A candidate is the scenario with its values set; a value that does not fit is refused")
  func candidate() throws {
    let loaded = try ScenarioFile.load(
      text: scenario(with: "strategy: {workers: 2}"), path: "s.yaml", sets: ["table.rows=5M"])
    let other = try loaded.tree.scenario(with: [
      TunedValue(path: "strategy.batch.rows", text: "70"),
      TunedValue(path: "strategy.pause.ratio", text: "0.5"),
    ])
    #expect(other.strategy.batch == .rows(70))
    #expect(other.strategy.pause == .ratio(0.5))
    #expect(other.strategy.workers == 2)
    #expect(other.tables[0].rows == 5_000_000)
    #expect(throws: ScenarioFailure.self) {
      try loaded.tree.scenario(with: [TunedValue(path: "strategy.workers", text: "0")])
    }
  }

  @Test("Traffic alone and a single statement leave nothing to tune")
  func nothingToTune() throws {
    for (fragment, part) in [
      ("backfill: null", "no backfill"), ("strategy: {preset: monolithic}", "monolithic"),
    ] {
      let loaded = try ScenarioFile.load(text: scenario(with: fragment), path: "s.yaml")
      let failure = #expect(throws: ScenarioFailure.self) {
        try loaded.tree.refuseTuning(of: loaded.scenario)
      }
      let problem = try #require(failure?.problems.first)
      #expect(problem.code == "RH0804")
      #expect(problem.message.contains(part))
      #expect(!problem.hint.isEmpty)
    }
  }
}
