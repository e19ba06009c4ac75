import Primitives
import Strategies

/// Finds where the next rows end, on a connection of its own.
final class BoundaryLookup: Sendable {
  struct Question: Sendable {
    var id: Int
    var after: Key?
    var rows: Int
    var method: BoundaryMethod
    var direction: Direction
  }

  /// A heap as its size was when the backfill began: what moves behind its end is not met.
  struct Heap: Sendable {
    var pages: Int
    var rows: Int
  }

  private let text: BackfillText
  private let heap: Heap
  private let connection: BackfillConnection
  private let questions = Mailbox<Question>()
  private let answers: Mailbox<BackfillRunner.Message>
  private let clock: LiveClock

  init(
    _ text: BackfillText, heap: Heap, on server: ConnectionString, clock: LiveClock,
    patience: TimeSpan, answers: Mailbox<BackfillRunner.Message>
  ) {
    self.text = text
    self.heap = heap
    self.clock = clock
    self.answers = answers
    connection = BackfillConnection(server, clock: clock, patience: patience)
  }

  func ask(_ question: Question) { questions.put(question) }
  func cancel() { connection.cancel() }
  func close() { questions.close() }

  /// Answers until closed.
  func work() {
    while let question = questions.take() {
      let began = clock.now
      do {
        let (key, rows) = text.isPhysical ? blocks(question) : try answer(question)
        let found = Event.boundaryFound(
          id: question.id, upTo: key, rows: rows, duration: clock.now - began)
        answers.put(.lookedUp(found, nil))
      } catch {
        let failed = Event.boundaryFailed(
          id: question.id, code: FailureCode(error), duration: clock.now - began)
        answers.put(.lookedUp(failed, error))
      }
    }
  }

  private func answer(_ question: Question) throws(ServerError) -> (Key?, Int) {
    do {
      return try look(question, on: try connection.ready())
    } catch {
      guard error.isConnectionLost else { throw error }
      return try look(question, on: try connection.recover())
    }
  }

  private func look(
    _ question: Question, on connection: Connection
  ) throws(ServerError) -> (Key?, Int) {
    let bound = text.boundary(
      after: question.after, rows: question.rows, method: question.method,
      direction: question.direction)
    if let found = try connection.execute(bound.sql, bound.parameters).scalar,
      let key = text.key.key(found)
    {
      if isBeyond(key, question) { return (key, question.rows) }
      // Rows that appeared below have moved every offset: the count no longer names a next key.
      var keyset = question
      keyset.method = .keyset
      return try look(keyset, on: connection)
    }
    let rest = text.rest(
      after: question.after, direction: question.direction, filtered: question.method == .filter)
    let rows = try connection.execute(rest.sql, rest.parameters)
    guard rows.count > 0, let key = rows.text(0, 0).flatMap({ text.key.key($0) }) else {
      return (nil, 0)
    }
    return (key, min(question.rows, rows.integer(0, 1) ?? 0))
  }

  private func isBeyond(_ key: Key, _ question: Question) -> Bool {
    guard let after = question.after else { return true }
    return question.direction == .ascending ? key > after : key < after
  }

  /// Whole heap blocks instead of keys; no row of SQL is needed.
  private func blocks(_ question: Question) -> (Key?, Int) {
    // All blocks but the last are full.
    let pages = max(1, heap.pages)
    let perBlock = max(1, (heap.rows + pages - 1) / pages)
    let wanted = max(1, question.rows / perBlock)
    let blocks: Range<Int>
    switch question.direction {
    case .ascending:
      let first = min(heap.pages, question.after?.int64.map { Int($0) + 1 } ?? 0)
      blocks = first..<min(heap.pages, first + wanted)
    case .descending:
      let end = min(heap.pages, question.after?.int64.map { max(0, Int($0)) } ?? heap.pages)
      blocks = max(0, end - wanted)..<end
    }
    guard !blocks.isEmpty else { return (nil, 0) }
    let last = question.direction == .ascending ? blocks.upperBound - 1 : blocks.lowerBound
    let ends = [blocks.lowerBound, blocks.upperBound].map { min(heap.rows, $0 * perBlock) }
    return (Key(Int64(last)), max(1, ends[1] - ends[0]))
  }
}
