import Gates
import Measurements

/// One line of the history: what is known of a run without opening its document.
package struct StoredRun: Sendable, Hashable, Codable {
  package var id: String
  package var name: String
  package var world: RunRecord.World
  package var verdict: Verdict
  package var seed: UInt64
  /// UTC, as `2026-11-23T10:15:04Z`.
  package var startedAt: String
  package var toolVersion: String
  /// Seconds that the command took.
  package var wallTime: Double
  /// Of the resolved scenario: equal scenarios have equal hashes.
  package var scenarioHash: String
  /// How the scenario was named on the command line; nil for runs that are older than this.
  package var source: String?

  package init(
    id: String, name: String, world: RunRecord.World, verdict: Verdict, seed: UInt64,
    startedAt: String, toolVersion: String, wallTime: Double, scenarioHash: String,
    source: String? = nil
  ) {
    self.id = id
    self.name = name
    self.world = world
    self.verdict = verdict
    self.seed = seed
    self.startedAt = startedAt
    self.toolVersion = toolVersion
    self.wallTime = wallTime
    self.scenarioHash = scenarioHash
    self.source = source
  }

  enum CodingKeys: String, CodingKey {
    case id, name, world, verdict, seed, source
    case startedAt = "started_at"
    case toolVersion = "tool_version"
    case wallTime = "wall_s"
    case scenarioHash = "scenario_hash"
  }
}
