import Measurements
import Primitives
import Scenarios
import Strategies

/// One place in a pool: a connection to the primary, and one to each replica its classes use.
///
/// One thread uses it. Lost connections are made again before the next transaction.
final class TrafficSession {
  struct Setup: Sendable {
    var primary: ConnectionString
    var replicas: [ConnectionString]
    /// By class.
    var plans: [TransactionPlan]
    /// The pool's own classes.
    var classes: [Int]
    var timeline: ApplicationTimeline
  }

  /// How a try went on the server.
  enum End {
    case completed
    case deadline
    case failed(ServerError)
  }

  private let setup: Setup
  private let board: StatementBoard
  private let number: Int
  private let clock: LiveClock
  private let keys: RowKeys
  private let newKeys: NewKeys
  /// The primary, then each replica; nil where no class goes there or the connection was lost.
  private var servers: [Server?]
  private(set) var longStatements: [LongStatement] = []

  private struct Server {
    var connection: Connection
    var lockTimeout: TimeSpan?
  }

  /// `number` is its slot on the board.
  init(
    _ setup: Setup, keys: RowKeys, newKeys: NewKeys, board: StatementBoard, number: Int,
    clock: LiveClock
  ) throws(ServerError) {
    self.setup = setup
    self.board = board
    self.number = number
    self.clock = clock
    self.keys = keys
    self.newKeys = newKeys
    servers = Array(repeating: nil, count: 1 + setup.replicas.count)
    for index in servers.indices where isUsed(index) { servers[index] = try connect(index) }
  }

  /// Asks whatever the session runs to stop.
  var cancellers: [Canceller] { servers.compactMap { $0?.connection.canceller } }

  private func isUsed(_ server: Int) -> Bool {
    setup.classes.contains { index in
      server == 0
        ? setup.timeline.usesPrimary(index)
        : setup.timeline.replicas(of: index).contains(server - 1)
    }
  }

  private func connect(_ index: Int) throws(ServerError) -> Server {
    let target = index == 0 ? setup.primary : setup.replicas[index - 1]
    let connection = try Connection(target, applicationName: "rehearse traffic")
    for plan in setup.classes.map({ setup.plans[$0] }) {
      for statement in plan.statements {
        if index > 0 && statement.makesRows { continue }
        try connection.prepare(statement.name, statement.sql)
      }
    }
    return Server(connection: connection, lockTimeout: nil)
  }

  /// Runs the request's transaction, with `think` between its statements, and leaves the connection
  /// idle; at `deadline` the client stops waiting.
  func run(_ request: Request, think: TimeSpan, until deadline: Instant?) -> End {
    let index =
      setup.timeline.replica(of: request.trafficClass, at: request.due).map { $0 + 1 } ?? 0
    do {
      let connection = try prepared(index)
      do {
        let end = try run(
          request, setup.plans[request.trafficClass], think, deadline, on: connection)
        return end
      } catch {
        if connection.transactionStatus != .idle && !connection.isLost {
          try connection.execute("ROLLBACK")
        }
        throw error
      }
    } catch is DeadlinePassed {
      return .deadline
    } catch let error as ServerError {
      if error.isConnectionLost { servers[index] = nil }
      return .failed(error)
    } catch {
      return .failed(ServerError(sqlState: "XX000", message: "\(error)"))
    }
  }

  /// The server's connection, made again if it was lost, with the lock timeout of the moment.
  private func prepared(_ index: Int) throws(ServerError) -> Connection {
    var server: Server
    if let open = servers[index] { server = open } else { server = try connect(index) }
    board.connected(number, backend: server.connection.backendPID, isBatch: false)
    let wanted = setup.timeline.lockTimeout(at: clock.now)
    if wanted != server.lockTimeout {
      let milliseconds = wanted.map { max(1, $0.nanoseconds / 1_000_000) } ?? 0
      try server.connection.execute("SET lock_timeout = \(milliseconds)")
      server.lockTimeout = wanted
    }
    servers[index] = server
    return server.connection
  }

  private func run(
    _ request: Request, _ plan: TransactionPlan, _ think: TimeSpan, _ deadline: Instant?,
    on connection: Connection
  ) throws -> End {
    if plan.isFramed { try connection.execute("BEGIN") }
    for (place, statement) in plan.statements.enumerated() {
      if place > 0 && think > .zero { pause(think, until: deadline) }
      if let deadline, clock.now >= deadline { throw DeadlinePassed() }
      try run(statement, request, deadline, on: connection)
    }
    guard plan.isFramed else { return .completed }
    if think > .zero { pause(think, until: deadline) }
    if let deadline, clock.now >= deadline { throw DeadlinePassed() }
    // A commit record cannot be taken back: nobody cancels this.
    try connection.execute("COMMIT")
    return .completed
  }

  private func pause(_ span: TimeSpan, until deadline: Instant?) {
    let end = clock.now + span
    clock.sleep(until: deadline.map { min($0, end) } ?? end)
  }

  private func run(
    _ statement: TransactionPlan.Statement, _ request: Request, _ deadline: Instant?,
    on connection: Connection
  ) throws {
    let from = clock.now
    board.begin(number, at: from)
    var failedWaiting = false
    defer {
      board.end(number)
      let to = clock.now
      if to - from >= LongStatement.shortest {
        longStatements.append(
          LongStatement(
            session: Int32(number), from: from, to: to, intended: request.intended,
            failedWaiting: failedWaiting))
      }
    }
    var texts =
      statement.values.map { $0.map { keys.text(of: $0, request) } }
      ?? [keys.text(of: statement, request)]
    if statement.makesRows {
      texts.append(String(newKeys.take(statement.draws.count, table: statement.table)))
    }
    do {
      try Connection.withPointers(texts) { values in
        _ = try connection.run(prepared: statement.name, values, until: deadline, clock)
      }
    } catch let error as ServerError {
      failedWaiting = [.lockTimeout, .deadlock].contains(FailureCode(error))
      throw error
    }
  }
}
