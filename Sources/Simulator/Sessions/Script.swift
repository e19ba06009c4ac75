import Primitives
import Scenarios
import Traffic

/// One step of a transaction, compiled from the class's statements.
struct Step: BitwiseCopyable {
  enum Kind: UInt8, BitwiseCopyable {
    /// Time on the wire and in the application.
    case delay
    /// CPU of the server.
    case compute
    /// Pages that are not in memory.
    case fetch
    /// Lock and write the statement's rows, one by one.
    case lock
    /// Insert rows: log and pages, no lock that anyone could wait for.
    case insert
    /// Make the transaction durable and release its locks.
    case commit
    /// The answer is at the client.
    case end
  }
  var kind: Kind
  /// Length of a delay, without the network where its time scatters; mean demand of a computation.
  var span: TimeSpan = .zero
  /// Of a computation: the mean of what comes on top since its process has slept.
  var cold: TimeSpan = .zero
  /// Ways between client and server in a delay.
  var ways: Int32 = 0
  var table: Int32 = 0
  /// Of a computation: those whose pages it looks at.
  var rows: Int32 = 0
  /// The first draw of the statement's keys.
  var draw: Int32 = 0
  var touched = false
  var lockOnly = false
  /// Of a delay: it follows a flush.
  var flushed = false
  /// Of a delay: how many steps further a single row is locked; 0 where none is.
  var locksAhead: Int32 = 0
}

/// A class's transaction as a flat list of steps.
///
/// A transaction of one statement is autocommit: one round trip. Longer ones send BEGIN with a round
/// trip of its own, as drivers and pgbench do, then each statement, then COMMIT.
func compile(_ traffic: TrafficClass, tables: [Table], _ database: Database) -> [Step] {
  var script = Script(traffic, tables: tables, database)
  for (index, statement) in traffic.statements.enumerated() {
    script.add(statement, isFirst: index == 0)
  }
  script.end(writes: traffic.statements.contains { $0.kind != .select })
  return script.steps
}

/// The steps so far of a class's transaction.
private struct Script {
  private(set) var steps: [Step] = []
  private let tables: [Table]
  private let database: Database
  private let think: TimeSpan
  private let isExplicit: Bool
  private var nextDraw: Int32 = 1

  init(_ traffic: TrafficClass, tables: [Table], _ database: Database) {
    self.tables = tables
    self.database = database
    think = traffic.think
    isExplicit = traffic.statements.count > 1
  }

  /// A client on the server's own cores reads each answer there: its own, BEGIN's and COMMIT's.
  private var driver: TimeSpan { database.colocated ? database.costs.driver : .zero }

  mutating func add(_ statement: Statement, isFirst: Bool) {
    var request = delay(
      isFirst ? .zero : think, ways: isFirst ? isExplicit ? 3 : 1 : 2, database)
    switch statement.kind {
    case .update, .delete, .selectForUpdate: request.locksAhead = statement.rows == 1 ? 3 : 0
    case .select, .insert: break
    }
    steps.append(request)
    let costs = database.costs
    var span = demand(of: statement, tables[statement.table], costs) + driver
    if isFirst && isExplicit { span = span + costs.begin + driver }
    var work = Step(kind: .compute, span: span, cold: isFirst ? costs.cold : .zero)
    if statement.kind != .insert { work.rows = Int32(statement.rows) }
    steps.append(work)
    let step = fetch(for: statement)
    if statement.kind != .insert { steps.append(step) }
    switch statement.kind {
    case .select: break
    case .insert: steps.append(with(step, .insert))
    case .update, .delete, .selectForUpdate: steps.append(with(step, .lock))
    }
  }

  private mutating func fetch(for statement: Statement) -> Step {
    var step = Step(kind: .fetch, table: Int32(statement.table), rows: Int32(statement.rows))
    step.touched = statement.touchesIndexedColumn
    step.lockOnly = statement.kind == .selectForUpdate
    if statement.pick == .another {
      step.draw = nextDraw
      nextDraw += Int32(statement.rows)
    } else if statement.rows > 1 {
      nextDraw = max(nextDraw, Int32(statement.rows))
    }
    return step
  }

  mutating func end(writes: Bool) {
    let costs = database.costs
    let sync = writes && database.settings.synchronousCommit != .off ? costs.sync : .zero
    if isExplicit {
      steps.append(delay(think, ways: 2, database))
      steps.append(Step(kind: .compute, span: costs.commit + sync + driver))
    } else if writes {
      steps.append(Step(kind: .compute, span: sync))
    }
    if writes { steps.append(Step(kind: .commit)) }
    var answer = delay(.zero, ways: 1, database)
    answer.flushed = writes && database.settings.synchronousCommit != .off
    steps.append(answer)
    steps.append(Step(kind: .end))
  }
}

/// Time in the application, then so many ways between it and the server.
private func delay(_ think: TimeSpan, ways: Int32, _ database: Database) -> Step {
  let wire = database.roundTrip * Int(ways / 2) + (ways % 2 > 0 ? database.halfTrip : .zero)
  let scatters = database.scatter.roundTrip != nil
  return Step(kind: .delay, span: scatters ? think : think + wire, ways: ways)
}

private func with(_ step: Step, _ kind: Step.Kind) -> Step {
  var copy = step
  copy.kind = kind
  return copy
}

/// CPU of one statement, log and lock waits apart.
private func demand(of statement: Statement, _ table: Table, _ costs: Costs) -> TimeSpan {
  let rows = Double(statement.rows)
  let find: TimeSpan =
    switch statement.access {
    case .primaryKey, .index: costs.selectRow * rows
    case .sequentialScan: costs.scanRow * Double(table.rows)
    }
  let version = costs.updateRow + costs.rowKibibyte * (Double(table.rowWidth) / 1_024)
  let write: TimeSpan =
    switch statement.kind {
    case .select: .zero
    case .selectForUpdate, .delete: costs.lockRow * rows
    // What a version on another page costs is known when it is written.
    case .update: version * rows
    case .insert:
      version * rows + costs.indexEntry * (rows * Double(1 + table.indexes.count))
    }
  return costs.statement + (statement.kind == .insert ? write : find + write)
}
