import Primitives

/// One transaction on its way through a connection: which command is under way, and which follows.
struct TransactionCourse {
  enum Command: Hashable {
    case lockTimeout(TimeSpan?)
    case begin
    /// By its place in the plan.
    case statement(Int)
    case commit
    case rollback
  }

  let request: Request
  let plan: TransactionPlan
  /// Between its statements, and before the commit.
  let think: TimeSpan
  /// When the client stops waiting.
  let deadline: Instant?
  /// The primary is 0, then come the replicas.
  let server: Int

  var command: Command?
  /// The client has asked the server to cancel the command.
  var isLate = false
  /// What it waits with while the client thinks.
  var thinksBefore: Command?
  /// Of a transaction that is rolled back.
  var outcome = TrafficSession.End.completed

  init(
    request: Request, plan: TransactionPlan, think: TimeSpan, deadline: Instant?, server: Int
  ) {
    self.request = request
    self.plan = plan
    self.think = think
    self.deadline = deadline
    self.server = server
  }

  var first: Command { plan.isFramed ? .begin : .statement(0) }

  /// What follows on a command that went well; nil after the last one.
  var next: Command? {
    switch command {
    case .lockTimeout: first
    case .begin: .statement(0)
    case .statement(let place) where place + 1 < plan.statements.count: .statement(place + 1)
    case .statement: plan.isFramed ? .commit : nil
    case .commit, .rollback, nil: nil
    }
  }

  func thinks(before command: Command) -> Bool {
    guard think > .zero else { return false }
    return switch command {
    case .statement(let place): place > 0
    case .commit: true
    case .lockTimeout, .begin, .rollback: false
    }
  }

  /// Not begun any more after the deadline.
  func isBounded(_ command: Command) -> Bool {
    switch command {
    case .statement, .commit: true
    case .lockTimeout, .begin, .rollback: false
    }
  }

  /// The command under way is cancelled at the deadline.
  var isCancellable: Bool {
    if case .statement = command { true } else { false }
  }
}
