/// Cuts the table into ranges, each key into exactly one, and cuts ranges that failed into halves.
///
/// Some ranges are known at once, others only after a lookup; lookups are sequential.
struct RangePlanner: Sendable {
  private enum Source: Sendable {
    /// Nothing to cut: the run has not started, or the table is empty.
    case nothing
    case cursor(KeysetCursor)
    case cells(ShuffledCells)
    /// Each range as it is, nearest last.
    case whole([KeySpan], rows: Int)
  }

  /// A lookup that the driver is to carry out.
  struct Lookup: Hashable, Sendable {
    var after: Key?
    var rows: Int
    var method: BoundaryMethod
    var direction: Direction
  }

  /// What a lookup led to.
  enum Answer: Hashable, Sendable {
    case cut(Cut)
    /// These keys hold no row.
    case noRows([KeySpan])
    /// A range that failed holds fewer rows than thought: its half is to be looked for again.
    case tooFew
    /// A range that failed holds a single row.
    case singleRow(KeySpan)
  }

  private let planner: Planner
  private let order: Order
  private let findsByFilter: Bool
  private let seed: UInt64
  private var source = Source.nothing
  /// Ranges that failed as a whole and are to be halved, oldest first.
  private var pieces: [Cut] = []
  /// Second halves, which end where the range did.
  private var halves: [Cut] = []
  /// Rows that the lookups passed so far.
  private var rowsPassed: Int
  /// The rows asked for, and whether for a piece, while a lookup is under way.
  private var pending: (rows: Int, isPiece: Bool)?

  init(_ configuration: Configuration) {
    planner = configuration.planner
    order = configuration.order
    findsByFilter = configuration.findsByFilter
    seed = configuration.seed
    rowsPassed = configuration.resume?.rows ?? 0
  }

  mutating func start(table: KeySpan, uncovered: [KeySpan], rows: Int, maxBatchRows: Int) {
    switch (planner, order) {
    case (.monolithic, _):
      source = .whole(uncovered.reversed(), rows: rows)
    case (_, .random):
      source = .cells(
        ShuffledCells(
          table: table, uncovered: uncovered, rows: rows, rowsPerCell: maxBatchRows, seed: seed))
    case (_, .ascending), (_, .descending):
      source = .cursor(
        KeysetCursor(
          uncovered: uncovered, direction: order == .ascending ? .ascending : .descending))
    }
  }

  /// Nothing is left to cut and no lookup is under way.
  var isExhausted: Bool {
    guard pieces.isEmpty, halves.isEmpty, pending == nil else { return false }
    switch source {
    case .nothing: return true
    case .cursor(let cursor): return cursor.isExhausted
    case .cells(let cells): return cells.isExhausted
    case .whole(let spans, _): return spans.isEmpty
    }
  }

  /// Lookups see what earlier batches wrote.
  var looksUpByFilter: Bool {
    if case .cursor = source { findsByFilter && planner == .keyset } else { false }
  }

  /// `next` would give a range.
  var hasNext: Bool {
    if !halves.isEmpty { return true }
    switch source {
    case .nothing, .cursor: return false
    case .cells(let cells): return !cells.isExhausted
    case .whole(let spans, _): return !spans.isEmpty
    }
  }

  /// The next range that needs no lookup.
  mutating func next(rows: Int) -> Cut? {
    if let half = halves.popLast() { return half }
    switch source {
    case .nothing, .cursor:
      return nil
    case .cells(var cells):
      source = .nothing
      defer { source = .cells(cells) }
      return cells.next(rows: rows)
    case .whole(var spans, let rows):
      let span = spans.popLast()
      source = .whole(spans, rows: rows)
      return span.map { Cut(span: $0, rows: max(rows, 1), isFull: true, isCounted: false) }
    }
  }

  /// The lookup to carry out next; nil while one is under way and where none is needed.
  mutating func ask(rows: Int) -> Lookup? {
    guard pending == nil else { return nil }
    if let piece = pieces.first {
      let half = (piece.rows + 1) / 2
      pending = (half, isPiece: true)
      return Lookup(
        after: piece.span.range.after, rows: half, method: .keyset, direction: .ascending)
    }
    guard case .cursor(let cursor) = source, !cursor.isExhausted else { return nil }
    pending = (rows, isPiece: false)
    let method: BoundaryMethod =
      planner == .offset ? .offset(skipped: rowsPassed) : looksUpByFilter ? .filter : .keyset
    return Lookup(after: cursor.after, rows: rows, method: method, direction: cursor.direction)
  }

  /// The lookup failed: the same is asked again.
  mutating func lookupFailed() { pending = nil }

  mutating func answer(_ key: Key?, rows found: Int) -> Answer {
    guard let asked = pending else { preconditionFailure("an answer that nobody asked for") }
    pending = nil
    if asked.isPiece { return cutPiece(at: key, half: asked.rows) }
    guard case .cursor(var cursor) = source else { preconditionFailure("no cursor to move") }
    source = .nothing
    defer { source = .cursor(cursor) }
    guard let key else { return .noRows(cursor.end()) }
    rowsPassed += found
    return .cut(cursor.cut(at: key, found: found, asked: asked.rows))
  }

  /// Passes over the next ranges, and forgets a lookup of the next boundary; returns what was passed.
  mutating func skip(batches: Int, rows: Int, upTo: Key?, batchRows: Int) -> [KeySpan] {
    switch source {
    case .nothing, .whole:
      return []
    case .cursor(var cursor):
      guard let upTo else { return [] }
      if pending?.isPiece == false { pending = nil }
      rowsPassed += rows
      source = .nothing
      defer { source = .cursor(cursor) }
      return cursor.skip(to: upTo)
    case .cells(var cells):
      source = .nothing
      defer { source = .cells(cells) }
      return (0..<batches).compactMap { _ in cells.next(rows: batchRows)?.span }
    }
  }

  /// A lookup is under way.
  var isLookingUp: Bool { pending != nil }

  /// Plans to try the halves of a range that failed as a whole.
  mutating func split(_ span: KeySpan, rows: Int, isCounted: Bool) {
    pieces.append(Cut(span: span, rows: rows, isFull: false, isCounted: isCounted))
  }

  /// The first half ends at the key found; the rest is the second half.
  private mutating func cutPiece(at key: Key?, half: Int) -> Answer {
    let piece = pieces.removeFirst()
    let span = piece.span
    guard let key else { return .noRows([span]) }
    precondition(key.position >= span.first, "boundary \(key) before \(span.range)")
    guard key.position < span.last,
      let first = KeySpan(first: span.first, last: key.position),
      let second = KeySpan(first: key.position + 1, last: span.last)
    else {
      // Everything lies in the first half, so running it would run again what failed.
      if half == 1 { return .singleRow(span) }
      pieces.insert(Cut(span: span, rows: half, isFull: false, isCounted: true), at: 0)
      return .tooFew
    }
    let rest = piece.isCounted ? piece.rows - half : piece.rows
    halves.append(Cut(span: second, rows: rest, isFull: false, isCounted: piece.isCounted))
    return .cut(Cut(span: first, rows: half, isFull: false, isCounted: true))
  }
}
