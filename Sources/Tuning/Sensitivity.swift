import Gates
import Primitives
import Scenarios

/// What a fifth more or less of one input does to the recommended setting: which unknown is worth
/// measuring first.
package struct Sensitivity: Hashable, Sendable {
  /// As in the scenario.
  package var path: String
  /// The scenario says it; otherwise it is a default, and nobody has measured it.
  package var isWritten: Bool
  /// Share by which the duration changes from the low to the high end.
  package var duration: Double
  /// The same of the tightest gate's value, as a share of its limit.
  package var margin: Double
  /// The gate that is missed at the worse end; nil where all are met at both.
  package var breaks: String?

  /// How far each input is moved.
  package static let spread = 0.2

  /// Largest effect first; what nobody has measured before what is written.
  static func all(
    _ loaded: LoadedScenario, _ scenario: Scenario, _ constraints: [Constraint],
    _ evaluator: inout Evaluator
  ) throws -> [Sensitivity] {
    let written = loaded.resolved.filter { if case .byDefault = $0.origin { false } else { true } }
      .map(\.path)
    var found: [Sensitivity] = []
    for input in UncertainInput.all(scenario) {
      let low = try Neighbour(
        input.scaled(scenario, by: 1 - spread), constraints, &evaluator)
      let high = try Neighbour(
        input.scaled(scenario, by: 1 + spread), constraints, &evaluator)
      // A gate on duration says what the duration says.
      let margin = (high.tightest?.excess ?? 0) - (low.tightest?.excess ?? 0)
      let worse = low.isMet ? high : low
      // Not a number where neither ends: then they do not differ.
      let duration = high.duration / low.duration - 1
      found.append(
        Sensitivity(
          path: input.path,
          isWritten: written.contains { $0 == input.path || $0.hasPrefix(input.path + ".") },
          duration: duration.isNaN ? 0 : duration, margin: margin.isFinite ? margin : 0,
          breaks: worse.isMet ? nil : worse.tightest?.constraint.rule.id))
    }
    return found.sorted { $0.weight > $1.weight }
  }

  private var weight: Double {
    abs(duration) + abs(margin) + (breaks == nil ? 0 : 1_000) + (isWritten ? 0 : 100)
  }
}

/// A number of the scenario that is often a guess.
struct UncertainInput: Sendable {
  var path: String
  var change: @Sendable (inout Scenario, Double) -> Void

  func scaled(_ scenario: Scenario, by factor: Double) -> Scenario {
    var changed = scenario
    change(&changed, factor)
    return changed
  }

  /// Those that this scenario has.
  static func all(_ scenario: Scenario) -> [UncertainInput] {
    let table = scenario.tables.count > 1 ? "tables.\(scenario.tables[0].name)" : "table"
    var inputs = [
      UncertainInput(path: "\(table).rows") {
        $0.tables[0].rows = max(1, Int(Double($0.tables[0].rows) * $1))
      },
      UncertainInput(path: "\(table).row_width") {
        $0.tables[0].rowWidth = max(24, Int(Double($0.tables[0].rowWidth) * $1))
      },
      UncertainInput(path: "database.storage.iops") { $0.database.storage.iops *= $1 },
      UncertainInput(path: "database.storage.throughput") { $0.database.storage.throughput *= $1 },
      UncertainInput(path: "database.storage.read_latency") {
        $0.database.storage.readLatency = $0.database.storage.readLatency * $1
      },
      UncertainInput(path: "database.storage.write_latency") {
        $0.database.storage.writeLatency = $0.database.storage.writeLatency * $1
      },
      UncertainInput(path: "database.rtt") {
        $0.database.roundTrip = $0.database.roundTrip * $1
      },
    ]
    inputs += costs.map { name, cost in
      UncertainInput(path: "database.costs.\(name)") {
        $0.database.costs[keyPath: cost] = $0.database.costs[keyPath: cost] * $1
      }
    }
    if !scenario.traffic.isEmpty {
      inputs.append(UncertainInput(path: "traffic") { $0 = $0.with(traffic: $1) })
    }
    for (index, replica) in scenario.database.replicas.enumerated() {
      inputs.append(
        UncertainInput(path: "database.replicas.\(replica.name).network") {
          $0.database.replicas[index].network *= $1
        })
    }
    return inputs
  }

  private static var costs: [(String, WritableKeyPath<Costs, TimeSpan> & Sendable)] {
    [
      ("update_row", \.updateRow), ("move_row", \.moveRow), ("index_entry", \.indexEntry),
      ("key_entry", \.keyEntry), ("leaf_pass", \.leafPass), ("expression", \.expression),
      ("statement", \.statement),
      ("select_row", \.selectRow),
      ("page_image", \.pageImage), ("replay_record", \.replayRecord),
      ("replay_image", \.replayImage), ("time_slice", \.timeSlice),
    ]
  }
}
