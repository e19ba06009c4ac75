/// Deliberate mistakes in every component, and the closed forms that notice them.
package enum MutationTable {
  /// A mistake, and the case that has to notice it.
  struct Trial: Sendable {
    var component: String
    var mutation: Mutation
    var part: String
    /// Share of the customers that is enough.
    var scale = 1.0
  }

  static let trials: [Trial] =
    [.slowerService, .lastComeFirstServed, .lostWakeUp].map {
      Trial(component: "CPU", mutation: $0, part: "M/M/1, load 0.5")
    } + [
      Trial(component: "CPU, time slices", mutation: .slowerService, part: "Round robin"),
      Trial(component: "CPU, closed network", mutation: .slowerService, part: "Machine repair, 10"),
      Trial(component: "log flush", mutation: .slowerService, part: "flush, load 1.0"),
      Trial(component: "log flush", mutation: .lostWakeUp, part: "flush, load 10.0"),
      Trial(component: "log flush, bytes", mutation: .slowerService, part: "Commit behind"),
      Trial(component: "storage", mutation: .slowerService, part: "Device, limit on operations"),
      Trial(component: "storage", mutation: .lostWakeUp, part: "Device, limit on bytes"),
      Trial(component: "storage, credits", mutation: .slowerService, part: "Burst credits, 3000"),
      Trial(component: "pool", mutation: .slowerService, part: "without waiting, exponential"),
      Trial(component: "pool", mutation: .lastComeFirstServed, part: "Pool of 4, load 2.8"),
      Trial(component: "pool", mutation: .lostWakeUp, part: "Pool of 2"),
      Trial(component: "replica", mutation: .slowerService, part: "Replica, 30 then 10"),
      Trial(component: "replica", mutation: .slowerService, part: "at load 0.5, cv² = 1"),
      Trial(component: "replica", mutation: .lostWakeUp, part: "Replica, 30 then 10"),
      Trial(component: "row locks", mutation: .slowerService, part: "Batch of 5000 rows"),
      Trial(component: "row locks", mutation: .lostWakeUp, part: "Batch of 5000 rows"),
      Trial(component: "row locks", mutation: .lastComeFirstServed, part: "Hot row, load 0.5"),
      Trial(component: "row locks", mutation: .lostWakeUp, part: "Hot row, load 0.5"),
      Trial(component: "deadlocks", mutation: .lostWakeUp, part: "in order"),
      Trial(component: "pages", mutation: .slowerService, part: "1000 rows over"),
      Trial(
        component: "whole model", mutation: .slowerService, part: "Whole model", scale: 0.3),
    ]

  package struct Row: Sendable {
    package var component: String
    package var mutation: Mutation
    /// How many quantities were looked at, and those that noticed.
    package var looked: Int
    package var noticed: [OracleTable.Row]
  }

  package static func rows() async -> [Row] {
    var rows: [Row] = []
    for trial in trials {
      let all = await OracleTable.rows(
        of: trial.part, scale: trial.scale, mutation: trial.mutation)
      rows.append(
        Row(
          component: trial.component, mutation: trial.mutation, looked: all.count,
          noticed: all.filter { !$0.isInside }))
    }
    return rows
  }
}

extension Mutation {
  package var text: String {
    switch self {
    case .none: "none"
    case .slowerService: "2 % more work"
    case .lastComeFirstServed: "last come, first served"
    case .lostWakeUp: "a lost wake-up"
    }
  }
}
