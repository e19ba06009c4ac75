import Primitives
import Simulator

/// Cases on transactions of several row locks that meet: M at a time, r of D rows each.
///
/// Another transaction holds r/2 rows on average, so a request meets one with (M − 1) r/(2D). Two
/// deadlock where each waits for a row of the other: (M − 1) r²(r − 1)²/(12 D²) per transaction, to
/// the first order in the chance of waiting, here below 0.08. It is exact for two at a time, who
/// cannot wait for one that waits. The powers are those of Gray and Reuter, *Transaction Processing*
/// (1993), section 7.11; their constant neglects that locks are taken one after another.
enum ConflictOracles {
  typealias Setting = TwoPhaseExperiment.Setting

  static let cases: [OracleCase] =
    [scaling]
    + [(8, 900), (16, 1_800), (16, 3_600)].map(deadlocks) + [ordered]

  /// Conflicts per request at one point, and the exponents of r, D and M from it to double each.
  private static let scaling = OracleCase(
    "Row conflicts of 11 transactions, 2 of 1600 rows each", source: "(M − 1) r/(2D) per request",
    [
      OracleCase.Quantity(
        name: "conflicts per request", closedForm: 10.0 * 2 / 3200,
        acceptance: .interval(limit: 0.02)),
      exponent("r", 1), exponent("D", -1), exponent("M − 1", 1),
    ]
  ) { run in
    func share(_ transactions: Int, _ locks: Int, _ rows: Int) -> Double {
      let setting = Setting(transactions: transactions, locks: locks, rows: rows)
      var experiment = TwoPhaseExperiment(setting, run)
      return experiment.play(transactions: run.customers(200_000)).conflictShare
    }
    let base = share(11, 2, 1600)
    return [base]
      + [share(11, 4, 1600), share(11, 2, 3200), share(21, 2, 1600)].map {
        Double.log($0 / base) / Double.log(2)
      }
  }

  private static func exponent(_ name: String, _ value: Double) -> OracleCase.Quantity {
    OracleCase.Quantity(
      name: "exponent of \(name)", closedForm: value, acceptance: .interval(limit: 0.05))
  }

  /// Points at which r and D double: agreement at each is agreement of the exponents too.
  private static func deadlocks(locks: Int, rows: Int) -> OracleCase {
    let size = Double(locks * (locks - 1)) / Double(rows)
    return OracleCase(
      "Deadlocks of 2 transactions, \(locks) of \(rows) rows each",
      source: "(M − 1) r²(r − 1)²/(12 D²)",
      [
        OracleCase.Quantity(
          name: "per transaction", closedForm: size * size / 12,
          acceptance: .interval(limit: 0.15))
      ]
    ) { run in
      let setting = Setting(transactions: 2, locks: locks, rows: rows)
      var experiment = TwoPhaseExperiment(setting, run)
      return [experiment.play(transactions: run.customers(120_000)).deadlockShare]
    }
  }

  /// Most transactions wait, and none for ever.
  private static let ordered = OracleCase(
    "Deadlocks of 20 transactions that lock 8 of 200 rows in order", source: "acyclic by order",
    [.exact("deadlocks", 0, within: 0), .exact("transactions that end", 1, within: 0)]
  ) { run in
    let setting = Setting(transactions: 20, locks: 8, rows: 200, ordered: true)
    var experiment = TwoPhaseExperiment(setting, run)
    let count = run.customers(20_000)
    let outcome = experiment.play(transactions: count)
    return [Double(outcome.deadlocks), Double(outcome.ended) / Double(count)]
  }
}
