import Primitives
import Strategies
import Testing

@testable import Scenarios

@Suite("Strategy presets")
struct StrategyPresetTests {
  private func load(_ strategy: String) throws -> Scenario {
    try loadOrPrint { () throws(ScenarioFailure) in
      try ScenarioFile.load(text: scenario(with: "strategy: \(strategy)"), path: "s.yaml")
    }.scenario
  }

  @Test("A single key that is written beside a preset wins, the rest is the preset's")
  func override() throws {
    let strategy = try load("{preset: pgroll, batch: {rows: 7}}").strategy
    #expect(strategy.batch == .rows(7))
    #expect(strategy.statement == .lockThenUpdate)
    #expect(strategy.lockTimeout == .after(.milliseconds(500)))
    #expect(strategy.retry.on == [.lockTimeout])
    #expect(strategy.retry.jitter == .full)
  }

  @Test("On its own engine a preset is whole; on another its pacing alone is filled in")
  func pacingOnly() throws {
    #expect(try !load("{preset: pgroll}").isPacingOnly)
    let scenario = try load("{preset: gh-ost}")
    #expect(scenario.isPacingOnly)
    #expect(scenario.strategy.lockTimeout == .nowait)
    #expect(scenario.strategy.retry.max == 59)
    #expect(scenario.strategy.statement == .range)
  }

  @Test("What a preset is composed of is shown by part, written in braces or not")
  func parts() throws {
    let offset = try #require(Presets.named("offset", in: .strategy))
    #expect(offset.lines(of: .planner) == ["planner: offset", "statement: keys"])
    #expect(offset.lines(of: .sizer) == ["batch: {rows: 1000}"])
    #expect(offset.lines(of: .throttle) == [])
    let ghost = try #require(Presets.named("gh-ost", in: .strategy))
    #expect(ghost.lines(of: .lockPolicy) == ["lock_timeout: nowait"])
    #expect(ghost.lines(of: .throttle).count == 2)
  }

  @Test("Every runner names its source, and every line belongs to a part")
  func complete() {
    let ours = ["keyset", "monolithic", "offset"]
    for preset in Presets.all where preset.family == .strategy {
      #expect(preset.source.isEmpty == ours.contains(preset.name), "\(preset.name)")
      let shown = Presets.Preset.Part.allCases.flatMap { preset.lines(of: $0) }
      if !preset.text.hasPrefix("{") {
        let written = preset.text.split(separator: "\n").map(String.init)
        #expect(shown.sorted() == written.sorted(), "\(preset.name)")
      }
    }
  }

  @Test("Rows are skipped only where a statement can: lock_then_update")
  func skipLocked() throws {
    let strategy = try load("{preset: skip-locked-queue}").strategy
    #expect(strategy.lockTimeout == .skipLocked)
    #expect(strategy.statement == .lockThenUpdate)
    for statement in ["range", "keys", "per_row", "ctid"] {
      let problems = ScenarioFile.problems(
        text: scenario(
          with: "strategy: {preset: skip-locked-queue, statement: \(statement)}"), path: "s.yaml")
      #expect(problems.map(\.code) == ["RH0106"])
    }
  }

  @Test("A law that cannot steer for what is wanted is refused")
  func wrongLaw() {
    for batch in [
      "{target_time: 1s, law: welch}", "{target_bytes: 1MiB, law: average_rate}",
    ] {
      let problems = ScenarioFile.problems(
        text: scenario(with: "strategy: {batch: \(batch)}"), path: "s.yaml")
      #expect(problems.map(\.code) == ["RH0106"])
    }
  }
}
