import EventKernel
import Primitives
import Simulator

/// Transactions that lock rows one after another and release them at the end, a fixed number of
/// them at a time.
///
/// A transaction takes one exponential step before each request and one before its end. Whoever
/// closes a cycle by waiting is its victim, and starts over with other rows.
struct TwoPhaseExperiment: ~Copyable {
  struct Setting {
    var transactions: Int
    /// Rows that a transaction locks, and rows that there are.
    var locks: Int
    var rows: Int
    /// Every transaction locks its rows in their order.
    var ordered = false
  }

  struct Outcome {
    var ended = 0
    var requests = 0
    var conflicts = 0
    var deadlocks = 0

    var conflictShare: Double { Double(conflicts) / Double(requests) }
    var deadlockShare: Double { Double(deadlocks) / Double(ended) }
  }

  private struct Transaction {
    var rows: [Int] = []
    var locked = 0
  }

  private let setting: Setting
  private var locks = RowLocks()
  private var calendar = Calendar()
  private var steps: RandomStream
  private var keys: RandomStream
  private var transactions: [Transaction]
  private var outcome = Outcome()

  init(_ setting: Setting, _ run: OracleRun) {
    self.setting = setting
    steps = run.stream(1)
    keys = run.stream(2)
    transactions = Array(repeating: Transaction(), count: setting.transactions)
  }

  mutating func play(transactions count: Int) -> Outcome {
    for id in 0..<Int32(setting.transactions) {
      locks.admit(id)
      start(id)
    }
    while outcome.ended < count, let event = calendar.next() {
      if case .resume(let id) = event { stepEnded(id) }
    }
    return outcome
  }

  private mutating func start(_ id: Int32) {
    var rows: [Int] = []
    while rows.count < setting.locks {
      let row = keys.below(setting.rows)
      if !rows.contains(row) { rows.append(row) }
    }
    if setting.ordered { rows.sort() }
    transactions[Int(id)] = Transaction(rows: rows)
    step(id)
  }

  private mutating func step(_ id: Int32) {
    calendar.schedule(.resume(process: id), at: calendar.now + unit * steps.exponential())
  }

  private mutating func stepEnded(_ id: Int32) {
    let transaction = transactions[Int(id)]
    if transaction.locked == setting.locks { return end(id) }
    request(RowName(table: 0, ordinal: transaction.rows[transaction.locked]), by: id)
  }

  private mutating func request(_ row: RowName, by id: Int32) {
    outcome.requests += 1
    guard let lock = locks.lock(of: row) else {
      _ = locks.take(row, by: id)
      return granted(id)
    }
    outcome.conflicts += 1
    locks.wait(id, for: lock)
    if locks.isDeadlocked(id) {
      outcome.deadlocks += 1
      locks.withdraw(id)
      end(id)
    }
  }

  private mutating func granted(_ id: Int32) {
    transactions[Int(id)].locked += 1
    step(id)
  }

  private mutating func end(_ id: Int32) {
    outcome.ended += 1
    while locks.firstHeld(by: id) != nil {
      let released = locks.releaseNewest(of: id, newVersion: true, queueing: .fifo) { $0.hash }
      if let next = released.next { granted(next) }
    }
    start(id)
  }
}
