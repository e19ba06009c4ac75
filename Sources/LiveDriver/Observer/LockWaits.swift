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
  /// The server's `waitstart` in its own words, which names the wait from one look to the next; empty
  /// where the server does not tell it.
  var name: String
  /// The same on the run's clock, right within half of `uncertainty`.
  var start: Instant
  /// The round trip of the look that told the start best.
  var uncertainty: TimeSpan
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
  waits += unseenWaits(seen, statements)
  return waits.sorted { ($0.ended, $0.session) < ($1.ended, $1.session) }
}

/// A statement that the server ended for its waiting did wait, whether a look saw it or not: on a host
/// without a free core, looks may lie far apart.
private func unseenWaits(_ seen: [SeenWait], _ statements: [LongStatement]) -> [LockWait] {
  statements.filter { statement in
    statement.failedWaiting
      && !seen.contains { $0.session == statement.session && overlap(statement, $0) > .zero }
  }.map { statement in
    LockWait(
      session: statement.session, isBatch: statement.intended == nil,
      waited: statement.to - statement.from, ended: statement.to, intended: statement.intended)
  }
}

private func assemble(
  _ seen: [SeenWait], _ statements: [LongStatement], end: Instant
) -> [LockWait] {
  var waits: [LockWait] = []
  var openStatement: LongStatement?
  for wait in seen {
    let statement = statements.max { overlap($0, wait) < overlap($1, wait) }
      .flatMap { overlap($0, wait) > .zero ? $0 : nil }
    let start = statement.map { max($0.from, wait.start) } ?? wait.start
    let finish = max(start, endOf(wait, in: statement, end: end))
    if let statement, statement == openStatement, !waits.isEmpty {
      waits[waits.count - 1].waited = waits[waits.count - 1].waited + (finish - start)
      waits[waits.count - 1].ended = finish
      continue
    }
    openStatement = statement
    waits.append(
      LockWait(
        session: wait.session, isBatch: wait.isBatch, waited: finish - start, ended: finish,
        intended: statement?.intended))
  }
  return waits
}

/// How much of the wait happened in the statement; a look is a moment of a nanosecond.
private func overlap(_ statement: LongStatement, _ wait: SeenWait) -> TimeSpan {
  let last = wait.lastSeen + .nanoseconds(1)
  return min(statement.to, last) - max(statement.from, min(wait.start, wait.lastSeen))
}

private func endOf(_ wait: SeenWait, in statement: LongStatement?, end: Instant) -> Instant {
  let gone = wait.firstGone ?? end
  if let statement, statement.to <= gone { return max(wait.lastSeen, statement.to) }
  return wait.lastSeen + TimeSpan(nanoseconds: (gone - wait.lastSeen).nanoseconds / 2)
}
