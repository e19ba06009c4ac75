import Measurements
import Primitives
import Scenarios
import Strategies

/// One place in a pool: a connection to the primary, and one to each replica its classes use.
///
/// It never waits: each call goes on with the transaction under way as far as it goes at once, and says
/// what it waits for then. Lost connections are made again before the next transaction.
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

  /// What the transaction waits for.
  enum Progress {
    /// The connection's answer, or the moment, whichever comes first.
    case answer(orMoment: Instant?)
    case moment(Instant)
    case errand(Errand)
    case ended(End)
  }

  /// What somebody else has to do, since it blocks, and to say `connected` or `cancelled` then.
  enum Errand {
    case connect(ConnectionString, statements: [TransactionPlan.Statement])
    case cancel(Canceller)
  }

  private let setup: Setup
  private let board: StatementBoard
  private let number: Int
  private let clock: LiveClock
  private let keys: RowKeys
  private let newKeys: NewKeys
  /// The primary, then each replica; nil where no class goes there or the connection was lost.
  private var servers: [Connection?]
  private var lockTimeouts: [TimeSpan?]
  private var course: TransactionCourse?
  private var statementFrom = Instant.zero
  private(set) var longStatements: [LongStatement] = []

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
    lockTimeouts = Array(repeating: nil, count: servers.count)
    for index in servers.indices where isUsed(index) {
      servers[index] = try Self.connect(server(index), statements(on: index))
    }
  }

  private func isUsed(_ server: Int) -> Bool {
    setup.classes.contains { index in
      server == 0
        ? setup.timeline.usesPrimary(index)
        : setup.timeline.replicas(of: index).contains(server - 1)
    }
  }

  private func server(_ index: Int) -> ConnectionString {
    index == 0 ? setup.primary : setup.replicas[index - 1]
  }

  private func statements(on index: Int) -> [TransactionPlan.Statement] {
    setup.classes.flatMap { setup.plans[$0].statements }.filter { index == 0 || !$0.makesRows }
  }

  /// A connection on which the statements are prepared; blocks.
  static func connect(
    _ server: ConnectionString, _ statements: [TransactionPlan.Statement]
  ) throws(ServerError) -> Connection {
    let connection = try Connection(server, applicationName: "rehearse traffic")
    for statement in statements { try connection.prepare(statement.name, statement.sql) }
    return connection
  }

  // MARK: - One transaction

  private var connection: Connection? { course.flatMap { servers[$0.server] } }

  /// What is watched for input.
  var socket: Int32? { connection?.socket }

  /// Asks what the session runs to stop.
  var canceller: Canceller? { connection?.canceller }

  /// Begins the request's transaction, with `think` between its statements; at `deadline` the client
  /// stops waiting.
  func begin(_ request: Request, think: TimeSpan, until deadline: Instant?) -> Progress {
    let server =
      setup.timeline.replica(of: request.trafficClass, at: request.due).map { $0 + 1 } ?? 0
    course = TransactionCourse(
      request: request, plan: setup.plans[request.trafficClass], think: think, deadline: deadline,
      server: server)
    guard connection == nil else { return goOn(start()) }
    return .errand(.connect(self.server(server), statements: statements(on: server)))
  }

  func connected(_ outcome: Result<Connection, ServerError>) -> Progress {
    guard let course else { preconditionFailure("nobody asked for a connection") }
    switch outcome {
    case .success(let connection):
      servers[course.server] = connection
      lockTimeouts[course.server] = nil
      return goOn(start())
    case .failure(let error): return end(.failed(error))
    }
  }

  /// The server has heard of the cancellation.
  func cancelled() -> Progress {
    answered()
  }

  /// Something came from the server, or may have.
  func answered() -> Progress {
    guard let connection else { preconditionFailure("no answer is awaited") }
    do throws(ServerError) {
      guard try connection.receive() else { return awaitAnswer() }
      closeStatement(failedWaiting: false)
    } catch {
      closeStatement(failedWaiting: [.lockTimeout, .deadlock].contains(FailureCode(error)))
      return fail(error)
    }
    guard let course else { preconditionFailure("no transaction is under way") }
    if course.isLate { return roll(back: .deadline) }
    if case .rollback = course.command { return end(course.outcome) }
    return goOn(course.next)
  }

  /// The moment of the last progress has come.
  func momentCame() -> Progress {
    if let command = course?.thinksBefore {
      course?.thinksBefore = nil
      return proceed(command)
    }
    guard let connection, course?.isLate == false else { return awaitAnswer() }
    course?.isLate = true
    // Until the server has heard of it nothing else is sent, which it would hit.
    return .errand(.cancel(connection.canceller))
  }

  // MARK: - Command by command

  /// The first command, on a connection that is there.
  private func start() -> TransactionCourse.Command? {
    guard let course, let connection else { return nil }
    board.connected(number, backend: connection.backendPID, isBatch: false)
    let wanted = setup.timeline.lockTimeout(at: clock.now)
    guard wanted != lockTimeouts[course.server] else { return course.first }
    lockTimeouts[course.server] = wanted
    return .lockTimeout(wanted)
  }

  private func awaitAnswer() -> Progress {
    guard let course else { preconditionFailure("no transaction is under way") }
    return .answer(orMoment: course.isCancellable && !course.isLate ? course.deadline : nil)
  }

  private func fail(_ error: ServerError) -> Progress {
    guard let course, let connection, !connection.isLost else { return end(.failed(error)) }
    // Of the lock timeout nothing is known then.
    if case .lockTimeout = course.command { lockTimeouts[course.server] = nil }
    return roll(back: course.isLate ? .deadline : .failed(error))
  }

  /// Thinks before the command if it is time to; nil ends the transaction.
  private func goOn(_ command: TransactionCourse.Command?) -> Progress {
    guard let course else { preconditionFailure("no transaction is under way") }
    guard let command else { return end(.completed) }
    guard course.thinks(before: command) else { return proceed(command) }
    self.course?.thinksBefore = command
    let moment = clock.now + course.think
    return .moment(course.deadline.map { min($0, moment) } ?? moment)
  }

  /// Sends the command, unless its time is up.
  private func proceed(_ command: TransactionCourse.Command) -> Progress {
    guard let course else { preconditionFailure("no transaction is under way") }
    let now = clock.now
    if course.isBounded(command), let deadline = course.deadline, now >= deadline {
      return roll(back: .deadline)
    }
    self.course?.command = command
    do throws(ServerError) {
      try send(command, at: now)
      return awaitAnswer()
    } catch {
      closeStatement(failedWaiting: false)
      return end(.failed(error))
    }
  }

  /// Leaves the connection idle, whatever came of the transaction.
  private func roll(back outcome: End) -> Progress {
    guard let connection else { return end(outcome) }
    course?.isLate = false
    course?.outcome = outcome
    if case .rollback = course?.command { return end(outcome) }
    return connection.transactionStatus == .idle ? end(outcome) : goOn(.rollback)
  }

  private func end(_ outcome: End) -> Progress {
    if let course, case .failed(let error) = outcome, error.isConnectionLost {
      servers[course.server] = nil
    }
    course = nil
    return .ended(outcome)
  }

  private func send(_ command: TransactionCourse.Command, at now: Instant) throws(ServerError) {
    guard let connection, let course else { return }
    switch command {
    case .lockTimeout(let timeout):
      let milliseconds = timeout.map { max(1, $0.nanoseconds / 1_000_000) } ?? 0
      try connection.send("SET lock_timeout = \(milliseconds)")
    case .begin: try connection.send("BEGIN")
    // A commit record cannot be taken back: nobody cancels this.
    case .commit: try connection.send("COMMIT")
    case .rollback: try connection.send("ROLLBACK")
    case .statement(let place):
      let statement = course.plan.statements[place]
      statementFrom = now
      board.begin(number, at: now)
      try send(statement, course.request, on: connection)
    }
  }

  private func send(
    _ statement: TransactionPlan.Statement, _ request: Request, on connection: Connection
  ) throws(ServerError) {
    var texts =
      statement.values.map { $0.map { keys.text(of: $0, request) } }
      ?? [keys.text(of: statement, request)]
    if statement.makesRows {
      texts.append(String(newKeys.take(statement.draws.count, table: statement.table)))
    }
    try connection.send(prepared: statement.name, texts)
  }

  private func closeStatement(failedWaiting: Bool) {
    guard let course, case .statement = course.command else { return }
    board.end(number)
    let to = clock.now
    guard to - statementFrom >= LongStatement.shortest else { return }
    longStatements.append(
      LongStatement(
        session: Int32(number), from: statementFrom, to: to, intended: course.request.intended,
        failedWaiting: failedWaiting))
  }
}
