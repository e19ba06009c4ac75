import Oracles
import Testing

/// A two-hundredth of the customers of `rehearse-oracles`: the intervals are wide, but a component
/// that is wrong in kind lies outside them.
private let quick = 0.005

/// t for 19 degrees of freedom at 1 − 4·10⁻⁶ over that at 0.9995: 99.9 % for 120 intervals at once.
private let allAtOnce = 1.6

@Test("Every closed form lies inside the interval of the components' own estimates")
func closedForms() async {
  let rows = await OracleTable.rows(scale: quick)
  #expect(rows.count >= 40)
  for row in rows {
    let isInside = row.isInside || abs(row.estimate - row.closedForm) <= allAtOnce * row.halfWidth
    #expect(isInside, "\(row.name): \(row.closedForm), not \(row.estimate) ± \(row.halfWidth)")
  }
}

@Test(
  "A deliberate mistake in the use of a component moves an estimate off its closed form",
  arguments: [
    (Mutation.slowerService, "Round robin"),
    (.lastComeFirstServed, "M/M/1, load 0.5"),
    (.slowerService, "Device, 50 reads"),
    (.slowerService, "Burst credits, 3000"),
    (.slowerService, "Commit behind 64 MiB"),
    (.lostWakeUp, "Group commit, deterministic flush, load 10"),
    (.slowerService, "Replica, 30 then 10"),
    (.lostWakeUp, "Replica, 30 then 10"),
    (.lostWakeUp, "Batch of 5000 rows"),
    (.lastComeFirstServed, "Hot row, load 0.5"),
    (.lostWakeUp, "Pool of 2"),
    (.slowerService, "1000 rows over"),
  ])
func mistakesShow(mutation: Mutation, part: String) async {
  let rows = await OracleTable.rows(of: part, scale: quick, mutation: mutation)
  #expect(!rows.isEmpty)
  #expect(rows.contains { !$0.isInside })
}
