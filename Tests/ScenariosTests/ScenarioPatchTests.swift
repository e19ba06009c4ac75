import Testing

@testable import Scenarios

/// A tuned setting written into the text where its value stands.
@Suite struct ScenarioPatchTests {
  private let head =
    "table: {name: orders, rows: 10M, row_width: 200B}\n"
    + "backfill: {set: {a: b}}  # the job\n"

  private func patched(_ strategy: String, _ values: (String, String)...) throws -> String? {
    let loaded = try ScenarioFile.load(text: head + strategy, path: "s.yaml")
    let patch = ScenarioPatch(loaded, values.map { TunedValue(path: $0.0, text: $0.1) })
    guard let text = patch?.text else { return nil }
    #expect(text.hasPrefix(head))
    return String(text.dropFirst(head.count))
  }

  @Test("A value in braces or on its own line changes, its comment and its neighbours stay")
  func inPlace() throws {
    #expect(
      try patched(
        "strategy: {batch: {rows: 500}, workers: 2}  # mild\n",
        ("strategy.batch.rows", "4100"), ("strategy.workers", "4"))
        == "strategy: {batch: {rows: 4100}, workers: 4}  # mild\n")
    #expect(
      try patched(
        "strategy:\n  # two are enough\n  workers: 2   # for now\n  batch:\n    rows: 500\n",
        ("strategy.workers", "4"), ("strategy.batch.rows", "4100"))
        == "strategy:\n  # two are enough\n  workers: 4   # for now\n  batch:\n    rows: 4100\n")
  }

  @Test("A value that was a default is put in, in the style of what is around it")
  func added() throws {
    #expect(
      try patched("strategy: {workers: 2}\n", ("strategy.batch.rows", "4100"))
        == "strategy: {batch: {rows: 4100}, workers: 2}\n")
    #expect(
      try patched("strategy:\n  workers: 2\n", ("strategy.pause", "50ms"))
        == "strategy:\n  pause: 50ms\n  workers: 2\n")
    let whole = try #require(try patched("", ("strategy.batch.rows", "4100")))
    #expect(whole.contains("strategy: {batch: {rows: 4100}}"))
  }

  @Test("What the command line or a calibration says beside the text stays out of it")
  func beside() throws {
    let text = head + "strategy: {workers: 2}\n"
    let loaded = try ScenarioFile.load(
      text: text, path: "s.yaml", sets: ["database.costs.statement=30us", "table.rows=5M"])
    let patch = ScenarioPatch(loaded, [TunedValue(path: "strategy.workers", text: "4")])
    #expect(patch?.text == head + "strategy: {workers: 4}\n")
  }

  @Test("An alternative gives way whole, a scalar to a map and a map to a scalar")
  func alternatives() throws {
    #expect(
      try patched(
        "strategy: {batch: {target_time: 300ms, max_rows: 9000}}\n", ("strategy.batch.rows", "70"))
        == "strategy: {batch: {rows: 70}}\n")
    #expect(
      try patched(
        "strategy:\n  batch:  # steered\n    target_time: 300ms\n\n  workers: 2\n",
        ("strategy.batch.rows", "70"))
        == "strategy:\n  batch: {rows: 70}  # steered\n\n  workers: 2\n")
    #expect(
      try patched("strategy: {pause: 50ms}\n", ("strategy.pause.ratio", "0.5"))
        == "strategy: {pause: {ratio: 0.5}}\n")
    #expect(
      try patched("strategy: {pause: {ratio: 0.5}}\n", ("strategy.pause", "50ms"))
        == "strategy: {pause: 50ms}\n")
  }

  @Test("A value that an alias shares with something else is not touched")
  func alias() throws {
    #expect(
      try patched(
        "strategy: {batch: {rows: &n 3}, workers: *n}\n", ("strategy.batch.rows", "4")) == nil)
  }
}
