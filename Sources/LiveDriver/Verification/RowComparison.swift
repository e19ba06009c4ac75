import Scenarios

/// The SQL that counts, sums and compares the rows of one key range.
struct RowComparison: Sendable {
  let table: TableCatalog
  let backfill: Backfill?
  let hash: RowHash
  let key: KeyText
  /// Why the values cannot be compared with the expression; nil where they are.
  var undecidable: String?
  /// What the reader of a difference should know.
  private(set) var doubt = ""

  init(
    _ table: TableCatalog, _ backfill: Backfill?, on session: Connection
  ) throws(LiveError) {
    self.table = table
    self.backfill = backfill
    key = KeyText(type: table.key.type)
    hash = try LiveError.server { () throws(ServerError) in try RowHash(table, on: session) }
    guard let backfill else {
      undecidable = "the scenario has no backfill"
      return
    }
    for assignment in backfill.set where column(assignment.column) == nil {
      throw .unfit("table \(table.name.sql) has no column \"\(assignment.column)\" to compare")
    }
    let read = backfill.set.flatMap { SQLWord.columns(in: $0.expression) }
    if let column = backfill.set.first(where: { read.contains($0.column) })?.column {
      undecidable =
        "the expression reads \(column), which it sets: looking again cannot tell a row that was "
        + "changed once from one that was not, or was twice"
      return
    }
    try LiveError.server { () throws(ServerError) in try classifyFunctions(backfill, session) }
  }

  private func column(_ name: String) -> TableCatalog.Column? {
    table.columns.first { $0.name == name }
  }

  /// What a second evaluation would give anew says nothing about the first.
  private mutating func classifyFunctions(
    _ backfill: Backfill, _ session: Connection
  ) throws(ServerError) {
    let words = backfill.set.map { SQLWord.words(of: $0.expression) }
    let names = words.flatMap(Self.functions) + words.flatMap(Self.clocks)
    let rows = try session.execute(
      """
      SELECT p.proname, n.nspname = 'pg_catalog'
      FROM pg_proc AS p JOIN pg_namespace AS n ON n.oid = p.pronamespace
      WHERE p.proname = ANY (string_to_array($1, chr(1))) AND p.provolatile = 'v'
      ORDER BY 2 DESC, 1
      """, [names.joined(separator: "\u{1}")])
    let clock = names.first { Self.clockNames.contains($0) }
    let builtin = (0..<rows.count).first { rows.boolean($0, 1) == true }.flatMap {
      rows.text($0, 0)
    }
    if let name = clock ?? builtin {
      undecidable = "\(name) gives another value each time: the expression cannot be asked again"
    } else if let own = rows.scalar {
      doubt =
        " \(own) is declared VOLATILE, PostgreSQL's default: if it does not depend on the row "
        + "alone, differences mean nothing."
    }
  }

  private static let clockNames: Set<String> = [
    "now", "current_timestamp", "current_date", "current_time", "localtime", "localtimestamp",
    "transaction_timestamp", "statement_timestamp",
  ]

  private static func functions(_ words: [SQLWord]) -> [String] {
    zip(words, words.dropFirst()).compactMap { word, next in
      if case .name(let name, _) = word, next == .symbol("(") { name } else { nil }
    }
  }

  private static func clocks(_ words: [SQLWord]) -> [String] {
    words.compactMap { word in
      if case .name(let name, false) = word, clockNames.contains(name) { name } else { nil }
    }
  }

  /// The filter names a column that the backfill sets, so that it no longer finds what was done: every
  /// row is compared then.
  var filterIsSpent: Bool {
    guard let backfill, let filter = backfill.filter else { return false }
    let named = SQLWord.columns(in: filter)
    return backfill.set.contains { named.contains($0.column) }
  }

  /// 0 where the row is as the expression says, or is none of the backfill's; 1 where a target is NULL
  /// and should not be; 2 where it has another value.
  private var state: String {
    guard undecidable == nil, let backfill else { return "0" }
    let pairs = backfill.set.map { assignment in
      (
        target: Quoting.identifier(assignment.column),
        value: "(\(assignment.expression)\n)::\(column(assignment.column)?.type ?? "text")"
      )
    }
    let equal = pairs.map { "\($0.target) IS NOT DISTINCT FROM \($0.value)" }
    let empty = pairs.map { "\($0.target) IS NULL AND \($0.value) IS NOT NULL" }
    var cases = "WHEN \(equal.joined(separator: " AND ")) THEN 0 "
    if let filter = backfill.filter, !filterIsSpent {
      cases = "WHEN (\(filter)\n) IS NOT TRUE THEN 0 " + cases
    }
    return "CASE \(cases)WHEN \(empty.joined(separator: " OR ")) THEN 1 ELSE 2 END"
  }

  /// The filter still finds the row; without a filter it always would.
  private var isOpen: String {
    guard undecidable == nil, let filter = backfill?.filter else { return "true" }
    return "(\(filter)\n) IS TRUE"
  }

  /// One row: count, NULLs, other values, the NULLs that the filter still finds, an example of each,
  /// the two sums, and the other values that it still finds.
  ///
  /// `$1` is the range's end, `$2` its beginning where `isFirst` is false. OFFSET 0 keeps the planner
  /// from evaluating the expression more than once.
  func sql(isFirst: Bool) -> String {
    let column = Quoting.identifier(table.key.name)
    let set = backfill?.set.map(\.column) ?? []
    let kept = table.columns.filter { !set.contains($0.name) }
    let smallest = table.key.type == "uuid" ? "min(key::text)" : "min(key)"
    return """
      SELECT count(*), count(*) FILTER (WHERE state = 1), count(*) FILTER (WHERE state = 2),
        count(*) FILTER (WHERE state = 1 AND open),
        \(smallest) FILTER (WHERE state = 1), \(smallest) FILTER (WHERE state = 2),
        coalesce(sum(whole::numeric), 0), coalesce(sum(kept::numeric), 0),
        count(*) FILTER (WHERE state = 2 AND open)
      FROM (SELECT \(column) AS key, \(state) AS state, \(isOpen) AS open,
          \(hash.sql(table.columns)) AS whole, \(hash.sql(kept)) AS kept
        FROM \(table.name.sql)
        WHERE \(column) <= $1::\(key.type)\(isFirst ? "" : " AND \(column) > $2::\(key.type)")
        OFFSET 0) AS compared
      """
  }

  /// The key `rows` rows on, at most `$1`; no row where there are fewer.
  func boundary(rows: Int, isFirst: Bool) -> String {
    let column = Quoting.identifier(table.key.name)
    return """
      SELECT \(column) FROM \(table.name.sql)
      WHERE \(column) <= $1::\(key.type)\(isFirst ? "" : " AND \(column) > $2::\(key.type)")
      ORDER BY \(column) OFFSET \(rows - 1) LIMIT 1
      """
  }

  var largestKey: String {
    let column = Quoting.identifier(table.key.name)
    return "SELECT \(column) FROM \(table.name.sql) ORDER BY \(column) DESC LIMIT 1"
  }
}
