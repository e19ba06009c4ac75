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

  private let setting: Setting
  private let run: OracleRun
  private var locks = RowLocks()
  private var calendar = Calendar()
  private var steps: RandomStream
  private var keys: RandomStream
  /// By transaction, the rows that it locks in this order, and how many it has.
  private var rows: [Int]
  private var locked: [Int]
  private var grants = 0
  private var outcome = Outcome()

  init(_ setting: Setting, _ run: OracleRun) {
    self.setting = setting
    steps = run.stream(1)
    keys = run.stream(2)
    self.run = run
    rows = Array(repeating: 0, count: setting.transactions * setting.locks)
    locked = Array(repeating: 0, count: setting.transactions)
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
    let first = Int(id) * setting.locks
    var end = first
    while end < first + setting.locks {
      let row = keys.below(setting.rows)
      if rows[first..<end].contains(row) { continue }
      rows[end] = row
      end += 1
    }
    if setting.ordered { rows[first..<end].sort() }
    locked[Int(id)] = 0
    step(id)
  }

  private mutating func step(_ id: Int32) {
    calendar.schedule(.resume(process: id), at: calendar.now + unit * steps.exponential())
  }

  private mutating func stepEnded(_ id: Int32) {
    let held = locked[Int(id)]
    if held == setting.locks { return end(id) }
    request(RowName(table: 0, ordinal: rows[Int(id) * setting.locks + held]), by: id)
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
    locked[Int(id)] += 1
    step(id)
  }

  private mutating func end(_ id: Int32) {
    outcome.ended += 1
    while locks.firstHeld(by: id) != nil {
      let released = locks.releaseNewest(of: id, newVersion: true, queueing: .fifo) { $0.hash }
      guard let next = released.next else { continue }
      grants += 1
      // A process that is not told keeps its rows and never goes on.
      if run.mutation == .lostWakeUp && grants == 10 { continue }
      granted(next)
    }
    start(id)
  }
}
