import Primitives
import Strategies
import Synchronization

/// One worker: a thread and a connection that run one batch after the other.
final class BackfillWorker: Sendable {
  struct Job: Sendable {
    var batch: Batch
    var lockTimeout: LockTimeout
  }

  /// What a batch came to, for the statistics.
  struct Ending: Sendable {
    var event: Event
    /// To be told before the event.
    var skipped: Event?
    var code: FailureCode?
    var rows: Int
    var duration: TimeSpan
    var at: Instant
    var error: ServerError?
  }

  let number: Int
  private let text: BackfillText
  private let progress: ProgressTable?
  private let connection: BackfillConnection
  private let jobs = Mailbox<Job>()
  private let endings: Mailbox<BackfillRunner.Message>
  private let board: StatementBoard
  private let session: Int
  private let clock: LiveClock
  private let longStatements = Mutex<[LongStatement]>([])

  /// `session` is its slot on the board.
  init(
    _ number: Int, session: Int, _ text: BackfillText, _ progress: ProgressTable?,
    on server: ConnectionString, board: StatementBoard, clock: LiveClock, patience: TimeSpan,
    endings: Mailbox<BackfillRunner.Message>
  ) {
    self.number = number
    self.session = session
    self.text = text
    self.progress = progress
    self.board = board
    self.clock = clock
    self.endings = endings
    connection = BackfillConnection(
      server, claim: progress?.claim, clock: clock, patience: patience)
  }

  func execute(_ job: Job) { jobs.put(job) }
  func cancel() { connection.cancel() }
  func close() { jobs.close() }
  /// Connects before there is work, so that the first batch does not pay for it.
  func warmUp() throws(ServerError) { _ = try connection.ready() }
  var statements: [LongStatement] { longStatements.withLock { $0 } }

  /// Runs until closed.
  func work() {
    while let job = jobs.take() { endings.put(.batchEnded(run(job))) }
  }

  private func run(_ job: Job) -> Ending {
    let began = clock.now
    do {
      let connection = try connection.ready()
      board.connected(session, backend: connection.backendPID, isBatch: true)
      var transaction = transaction(on: connection)
      do {
        let rows = try transaction.run(job.batch, lockTimeout: job.lockTimeout)
        return committed(job.batch, rows: rows, transaction.skipped, began)
      } catch {
        return failed(job.batch, error, isDecided: !transaction.isCommitting, connection, began)
      }
    } catch {
      return failed(job.batch, error, began)
    }
  }

  private func transaction(on connection: Connection) -> BatchTransaction {
    var from = Instant.zero
    return BatchTransaction(
      text, progress, on: connection, isCancelled: { self.connection.isCancelled },
      statement: { [self] begins in
        if begins {
          from = clock.now
          board.begin(session, at: from)
          return
        }
        board.end(session)
        let to = clock.now
        guard to - from >= LongStatement.shortest else { return }
        let statement = LongStatement(
          session: Int32(session), from: from, to: to, intended: nil)
        longStatements.withLock { $0.append(statement) }
      })
  }

  /// An error says that the batch rolled back, unless the connection was lost around COMMIT, or was at
  /// an earlier try: then its progress row is there already, and refuses a second one.
  ///
  /// Without progress rows such a batch counts as failed, and is done again.
  private func failed(
    _ batch: Batch, _ error: ServerError, isDecided: Bool, _ connection: Connection,
    _ began: Instant
  ) -> Ending {
    do {
      let isLost = connection.isLost || error.isConnectionLost
      let usable = isLost ? try self.connection.recover() : connection
      if usable.transactionStatus != .idle { try usable.execute("ROLLBACK") }
      if let progress, !isDecided, isLost || error.sqlState == ServerError.uniqueViolation,
        let outcome = try progress.outcome(of: batch, on: usable)
      {
        return committed(batch, rows: outcome.rows, outcome.skipped, began)
      }
      return failed(batch, error, began)
    } catch {
      return failed(batch, error, began)
    }
  }

  private func committed(
    _ batch: Batch, rows: Int, _ skipped: [SkippedRows], _ began: Instant
  ) -> Ending {
    let now = clock.now
    return Ending(
      event: .batchCommitted(
        id: batch.id, worker: number, rows: rows, skipped: skipped.reduce(0) { $0 + $1.rows },
        duration: now - began),
      skipped: skipped.isEmpty ? nil : .rowsSkipped(id: batch.id, worker: number, skipped),
      code: nil, rows: rows, duration: now - began, at: now)
  }

  private func failed(_ batch: Batch, _ error: ServerError, _ began: Instant) -> Ending {
    let now = clock.now
    let code = FailureCode(error)
    return Ending(
      event: .batchFailed(id: batch.id, worker: number, code: code, duration: now - began),
      code: code, rows: 0, duration: now - began, at: now, error: error)
  }
}
