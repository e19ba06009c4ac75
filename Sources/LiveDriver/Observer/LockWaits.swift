import Measurements
import Primitives

/// One statement's total time blocked on row locks.
struct LockWait: Hashable, Sendable {
  /// On the board of statements.
  var session: Int32
  var isBatch: Bool
  var waited: TimeSpan
  var ended: Instant
  /// What an application's wait is charged to.
  var intended: Instant?
}

/// A wait as the server's list of locks showed it, from its start to the last look that saw it.
struct SeenWait: Hashable, Sendable {
  var session: Int32
  var isBatch: Bool
  /// The server's `waitstart`, on the run's clock.
  var start: Instant
  var lastSeen: Instant
  /// The first look at which it was gone; nil while it lasts.
  var firstGone: Instant?
}

/// Makes whole waits of what was seen of them and of the statements they happened in.
///
/// A look tells exactly when a wait began, but only within a period when it ended. A statement over few
/// rows ends at once after its last wait, so its own end is exact; where it goes on much longer (a batch)
/// the middle of the two looks is taken.
func assembleWaits(_ seen: [SeenWait], statements: [LongStatement], end: Instant) -> [LockWait] {
  var bySession: [Int32: [SeenWait]] = [:]
  for wait in seen { bySession[wait.session, default: []].append(wait) }
  var waits: [LockWait] = []
  for session in bySession.keys.sorted() {
    let own = (bySession[session] ?? []).sorted { $0.start < $1.start }
    let running = statements.filter { $0.session == session }.sorted { $0.from < $1.from }
    waits += assemble(own, running, end: end)
  }
  return waits.sorted { ($0.ended, $0.session) < ($1.ended, $1.session) }
}

private func assemble(
  _ seen: [SeenWait], _ statements: [LongStatement], end: Instant
) -> [LockWait] {
  var waits: [LockWait] = []
  var index = 0
  var current: (statement: Int, wait: LockWait)?
  for wait in seen {
    while index < statements.count, statements[index].to <= wait.start { index += 1 }
    let statement = index < statements.count ? statements[index] : nil
    let finish = endOf(wait, in: statement, end: end)
    let span = max(.zero, finish - wait.start)
    if let open = current, open.statement == index, statement != nil {
      current?.wait.waited = open.wait.waited + span
      current?.wait.ended = finish
      continue
    }
    if let open = current { waits.append(open.wait) }
    current = (
      index,
      LockWait(
        session: wait.session, isBatch: wait.isBatch, waited: span, ended: finish,
        intended: statement?.intended)
    )
  }
  if let open = current { waits.append(open.wait) }
  return waits
}

private func endOf(_ wait: SeenWait, in statement: LongStatement?, end: Instant) -> Instant {
  let gone = wait.firstGone ?? end
  if let statement, statement.to <= gone { return max(wait.lastSeen, statement.to) }
  return wait.lastSeen + TimeSpan(nanoseconds: (gone - wait.lastSeen).nanoseconds / 2)
}
