import Strategies

/// A scenario as read, its variant and `--set` applied: neighbours of it are made from the tree, without
/// reading the text again.
package struct ScenarioTree: Sendable {
  let reading: ScenarioReading
  let root: Node

  /// The scenario with these values instead of its own; the last one of a path wins.
  package func scenario(with values: [TunedValue]) throws(ScenarioFailure) -> Scenario {
    var reading = reading
    return try reading.scenario(root, sets: values.map(\.argument))
  }

  /// Says why there is nothing to tune: no backfill, or one without batches.
  package func refuseTuning(of scenario: Scenario) throws(ScenarioFailure) {
    let preset = root["strategy"]?["preset"]
    if scenario.backfill == nil {
      throw reading.refusal(
        "RH0804", at: root["tune"]?.place ?? root.place, "there is no backfill to tune",
        hint: "add backfill: {set: …}")
    }
    if scenario.strategy.planner == .monolithic {
      throw reading.refusal(
        "RH0804", at: preset?.place ?? root.place,
        "a monolithic backfill has no batches to tune", hint: "write preset: keyset")
    }
  }
}
