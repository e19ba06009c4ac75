import Primitives
import Simulator

/// Cases on transactions of several row locks that meet: M at a time, r of D rows each.
///
/// Another transaction holds r/2 rows on average, so a request meets one with (M − 1) r/(2D). Two
/// deadlock where each waits for a row of the other: (M − 1) r²(r − 1)²/(12 D²) per transaction, to
/// the first order in the chance (M − 1) r²/(2D) of waiting. The powers are those of Gray and Reuter,
/// *Transaction Processing* (1993), section 7.11; their constant neglects that locks are taken one
/// after another.
enum ConflictOracles {
  typealias Setting = TwoPhaseExperiment.Setting

  static let cases: [OracleCase] = [scaling, deadlocks, ordered]

  /// Conflicts per request at one point, and the exponents of r, D and M from it to double each.
  private static let scaling = OracleCase(
    "Row conflicts of 11 transactions, 2 of 1600 rows each", source: "(M − 1) r/(2D) per request",
    [
      OracleCase.Quantity(
        name: "conflicts per request", closedForm: 10.0 * 2 / 3200,
        acceptance: .interval(limit: 0.02)),
      .exponent("exponent of r", 1), .exponent("exponent of D", -1),
      .exponent("exponent of M − 1", 1),
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

  /// Deadlocks where one of M, r and D varies, at a chance of waiting of 0.05, of 0.1 where M does
  /// and of up to 0.2 where D does.
  ///
  /// Rows beside r, and r or M − 1 beside D, are chosen so that this chance stays: the exponents of r
  /// and M − 1 are those of the deadlocks times D². That of r counts in √(r(r − 1)), since the
  /// first lock is never waited for by one who holds nothing.
  private static let deadlocks: OracleCase = {
    let locks = [(4, 160, 700_000), (8, 640, 150_000), (16, 2_560, 300_000)]
    let rows = [(4, 40, 100_000), (4, 80, 150_000), (4, 160, 700_000)]
    let crowd = [(2, 80, 150_000), (3, 160, 200_000), (5, 320, 300_000), (9, 640, 500_000)]
    let byLocks = locks.map { Point(2, $0.0, $0.1, $0.2) }
    let byRows = rows.map { Point(2, $0.0, $0.1, $0.2) }
    let byCrowd = crowd.map { Point($0.0, 4, $0.1, $0.2) }
    let points = [byLocks[0], byLocks[1], byLocks[2], byRows[0], byRows[1], byCrowd[1]]
    return OracleCase(
      "Deadlocks", source: "(M − 1) r²(r − 1)²/(12 D²) per transaction",
      [
        .exponent("exponent of r", 4), .exponent("exponent of D", -2),
        .exponent("exponent of M − 1", 1),
      ]
        + points.map(\.quantity), needsMany: true
    ) { run in
      var shares: [Point: Double] = [:]
      for point in byLocks + byRows + byCrowd where shares[point] == nil {
        shares[point] = point.deadlockShare(run)
      }
      func slope(_ line: [Point], _ x: (Point) -> Double, perSquare: Bool) -> Double {
        logLogSlope(
          line.map { point in
            let share = shares[point] ?? 0
            let rows = perSquare ? Double(point.rows * point.rows) : 1
            return (x(point), share * rows, share * Double(point.transactions))
          })
      }
      return [
        slope(byLocks, { Double($0.locks * ($0.locks - 1)).squareRoot() }, perSquare: true),
        slope(byRows, { Double($0.rows) }, perSquare: false),
        slope(byCrowd, { Double($0.crowd - 1) }, perSquare: true),
      ] + points.map { shares[$0] ?? 0 }
    }
  }()

  /// M transactions of r locks on D rows, and how many of them a seed plays.
  private struct Point: Hashable {
    var crowd: Int
    var locks: Int
    var rows: Int
    var transactions: Int

    init(_ crowd: Int, _ locks: Int, _ rows: Int, _ transactions: Int) {
      self.crowd = crowd
      self.locks = locks
      self.rows = rows
      self.transactions = transactions
    }

    var quantity: OracleCase.Quantity {
      let size = Double(locks * (locks - 1)) / Double(rows)
      return OracleCase.Quantity(
        name: "of \(crowd) with \(locks) of \(rows) rows",
        closedForm: Double(crowd - 1) * size * size / 12,
        acceptance: .poisson(transactions: transactions, limit: 0.1))
    }

    func deadlockShare(_ run: OracleRun) -> Double {
      let setting = Setting(transactions: crowd, locks: locks, rows: rows)
      var experiment = TwoPhaseExperiment(setting, run)
      return experiment.play(transactions: run.customers(transactions)).deadlockShare
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

/// The slope of ln y over ln x, each point with the weight of the events counted for it.
private func logLogSlope(_ points: [(x: Double, y: Double, events: Double)]) -> Double {
  let weights = points.map(\.events)
  func mean(_ values: [Double]) -> Double {
    zip(weights, values).reduce(0) { $0 + $1.0 * $1.1 } / weights.reduce(0, +)
  }
  let (x, y) = (points.map { Double.log($0.x) }, points.map { Double.log($0.y) })
  let products = zip(x, y).map { ($0 - mean(x)) * ($1 - mean(y)) }
  return mean(products) / mean(x.map { ($0 - mean(x)) * ($0 - mean(x)) })
}
