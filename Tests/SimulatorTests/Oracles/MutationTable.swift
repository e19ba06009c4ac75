/// Deliberate mistakes in every component, and the closed forms that notice them.
package enum MutationTable {
  /// A mistake, and the case that has to notice it.
  struct Mistake: Sendable {
    var component: String
    var mutation: Mutation
    var part: String
    /// Share of the customers that is enough.
    var scale = 1.0
  }

  static let mistakes: [Mistake] =
    [.slowerService, .lastComeFirstServed, .lostWakeUp].map {
      Mistake(component: "CPU", mutation: $0, part: "M/M/1, load 0.5")
    } + [
      Mistake(component: "CPU, time slices", mutation: .slowerService, part: "Round robin"),
      Mistake(
        component: "CPU, closed network", mutation: .slowerService, part: "Machine repair, 10"),
      Mistake(component: "log flush", mutation: .slowerService, part: "flush, load 1.0"),
      Mistake(component: "log flush", mutation: .lostWakeUp, part: "flush, load 10.0"),
      Mistake(component: "log flush, bytes", mutation: .slowerService, part: "Commit behind"),
      Mistake(component: "storage", mutation: .slowerService, part: "Device, limit on operations"),
      Mistake(component: "storage", mutation: .lostWakeUp, part: "Device, limit on bytes"),
      Mistake(component: "storage, credits", mutation: .slowerService, part: "Burst credits, 3000"),
      Mistake(component: "pool", mutation: .slowerService, part: "without waiting, exponential"),
      Mistake(component: "pool", mutation: .lastComeFirstServed, part: "Pool of 4, load 2.8"),
      Mistake(component: "pool", mutation: .lostWakeUp, part: "Pool of 2"),
      Mistake(component: "replica", mutation: .slowerService, part: "Replica, 30 then 10"),
      Mistake(component: "replica", mutation: .slowerService, part: "at load 0.5, cv² = 1"),
      Mistake(component: "replica", mutation: .lostWakeUp, part: "Replica, 30 then 10"),
      Mistake(component: "row locks", mutation: .slowerService, part: "Batch of 5000 rows"),
      Mistake(component: "row locks", mutation: .lostWakeUp, part: "Batch of 5000 rows"),
      Mistake(component: "row locks", mutation: .lastComeFirstServed, part: "Hot row, load 0.5"),
      Mistake(component: "row locks", mutation: .lostWakeUp, part: "Hot row, load 0.5"),
      Mistake(component: "deadlocks", mutation: .lostWakeUp, part: "in order"),
      Mistake(component: "pages", mutation: .slowerService, part: "1000 rows over"),
      Mistake(
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
    for mistake in mistakes {
      let all = await OracleTable.rows(
        of: mistake.part, scale: mistake.scale, mutation: mistake.mutation)
      rows.append(
        Row(
          component: mistake.component, mutation: mistake.mutation, looked: all.count,
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
