import Scenarios

/// A scenario of which only `text` matters; without a backfill it has some traffic.
func testScenario(_ text: String) throws -> Scenario {
  let traffic =
    """
    traffic: [{name: read, rate: 1/s, statements: [{kind: select, rows: 1, by: primary_key}]}]
    """
  let lines = ["name: test", text] + (text.contains("backfill:") ? [] : [traffic])
  let filled = lines.joined(separator: "\n") + "\ndatabase: {cores: 4}\n"
  return try ScenarioFile.load(text: filled, path: "test.yaml").scenario
}
