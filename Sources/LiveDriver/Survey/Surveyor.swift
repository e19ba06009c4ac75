import Foundation
import Scenarios

/// Asks the questions of a survey, each in a short transaction of its own; a question that may not be
/// asked, or that takes too long, becomes something unknown.
package struct Surveyor {
  private let session: Connection
  private let relation: String
  private var survey: TableSurvey

  /// Pages that a sample reads, and rows that it looks at.
  private static let samplePages = 200
  private static let sampleRows = 2_000

  /// - Parameters:
  ///   - session: Read-only.
  ///   - table: As a scenario names it.
  /// - Throws: `TableSurvey.NotThere`, or `ServerError` if the connection is lost.
  package init(_ session: Connection, table: String) throws {
    self.session = session
    relation = TableName(table).sql
    guard try session.execute("SELECT to_regclass($1)", [relation]).scalar != nil else {
      throw TableSurvey.NotThere(name: table)
    }
    survey = TableSurvey(name: table)
    survey.serverVersion = session.serverVersion / 10_000
  }

  /// Looks at everything; two samples of the counters lie `pause` seconds apart.
  package mutating func survey(pause: Double = 10) -> TableSurvey {
    let before = counters()
    let start = ContinuousClock().now
    readSize()
    readColumns()
    readKey()
    readIndexes()
    readSettings()
    readReplicas()
    let passed = (ContinuousClock().now - start) / .seconds(1)
    if pause > passed { usleep(UInt32((pause - passed) * 1e6)) }
    readTraffic(before, seconds: (ContinuousClock().now - start) / .seconds(1))
    return survey
  }

  private mutating func ask(_ what: String, _ sql: String, _ parameters: [String?]? = nil) -> Rows?
  {
    do throws(ServerError) {
      return try session.execute(sql, parameters ?? [relation])
    } catch {
      survey.unknown.append("\(what): \(error.message)")
      return nil
    }
  }

  private mutating func readSize() {
    let rows = ask(
      "the table's size",
      """
      SELECT c.reltuples::float8, c.relpages, pg_relation_size(c.oid),
        (SELECT option_value FROM pg_options_to_table(c.reloptions)
         WHERE option_name = 'fillfactor')
      FROM pg_class AS c WHERE c.oid = $1::regclass
      """)
    guard let rows, rows.count == 1 else { return }
    survey.fillfactor = rows.integer(0, 3) ?? 100
    let bytes = rows.real(0, 2) ?? 0
    let percent = min(100, 100 * Double(Self.samplePages) / max(1, bytes / 8192))
    let sample = ask(
      "the rows' width",
      """
      SELECT avg(pg_column_size(t.*)), count(*)
      FROM (SELECT * FROM \(relation) TABLESAMPLE SYSTEM (\(percent)) LIMIT \(Self.sampleRows)) AS t
      """, [])
    if let mean = sample?.real(0, 0) {
      survey.rowWidth = .init(
        value: min(8160, max(24, Int(mean.rounded()))),
        origin: "mean of \(sample?.integer(0, 1) ?? 0) sampled rows")
    }
    if let tuples = rows.real(0, 0), tuples > 0 {
      survey.rows = .init(value: Int(tuples), origin: "pg_class.reltuples")
    } else if let width = survey.rowWidth?.value {
      survey.rows = .init(
        value: max(1, Int(bytes / Double(width + 4))),
        origin: "pages divided by width: the table was never analysed")
    }
  }

  private mutating func readColumns() {
    let name = TableName(survey.name)
    let rows = ask(
      "the columns",
      """
      SELECT a.attname, format_type(a.atttypid, a.atttypmod), s.avg_width, s.n_distinct,
        s.correlation
      FROM pg_attribute AS a
      JOIN pg_class AS c ON c.oid = a.attrelid JOIN pg_namespace AS n ON n.oid = c.relnamespace
      LEFT JOIN pg_stats AS s
        ON s.schemaname = n.nspname AND s.tablename = c.relname AND s.attname = a.attname
      WHERE a.attrelid = $1::regclass AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum
      """)
    guard let rows else { return }
    let count = Double(survey.rows?.value ?? 0)
    for row in 0..<rows.count {
      let distinct = rows.real(row, 3).map { $0 < 0 ? -$0 * count : $0 }
      survey.columns.append(
        .init(
          name: rows.text(row, 0) ?? "", type: rows.text(row, 1) ?? "text",
          width: rows.integer(row, 2), distinct: distinct.map { max(1, Int($0.rounded())) }))
    }
    if !survey.columns.contains(where: { $0.width != nil }) {
      survey.unknown.append("widths and distinct values: no statistics on \(name.name) to be read")
    }
  }

  private mutating func readKey() {
    let rows = ask(
      "the primary key",
      """
      SELECT a.attname, format_type(a.atttypid, NULL), i.indnkeyatts,
        (SELECT s.correlation FROM pg_stats AS s JOIN pg_class AS c ON c.relname = s.tablename
         JOIN pg_namespace AS n ON n.oid = c.relnamespace AND n.nspname = s.schemaname
         WHERE c.oid = i.indrelid AND s.attname = a.attname)
      FROM pg_index AS i JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
      WHERE i.indrelid = $1::regclass AND i.indisprimary
      """)
    guard let rows else { return }
    guard rows.count == 1, rows.integer(0, 2) == 1, let column = rows.text(0, 0) else {
      survey.unknown.append(
        "the primary key: there is none of one column, which batches could walk")
      return
    }
    let type = rows.text(0, 1) ?? ""
    guard ["smallint", "integer", "bigint", "uuid"].contains(type) else {
      survey.unknown.append("the primary key: \(column) is \(type), not an integer or uuid")
      return
    }
    var key = TableSurvey.Key(column: column, type: .init(value: .bigint, origin: type))
    if let correlation = rows.real(0, 3) {
      key.order = .init(
        value: abs(correlation) > 0.9 ? .clustered : .random,
        origin: "pg_stats.correlation \((correlation * 100).rounded() / 100)")
    }
    let quoted = Quoting.identifier(column)
    if type == "uuid" {
      let first = ask(
        "the uuid's version",
        "SELECT max(\(quoted)::text) FROM (SELECT \(quoted) FROM \(relation) LIMIT 100) AS s", [])
      let digits = Array(first?.scalar ?? "")
      let isTimed = digits.count == 36 && digits[14] == "7"
      key.type = .init(value: isTimed ? .uuid7 : .uuid4, origin: "the version digit of a key")
    } else if let ends = ask(
      "gaps between keys", "SELECT min(\(quoted)), max(\(quoted)) FROM \(relation)", []),
      let low = ends.real(0, 0), let high = ends.real(0, 1), let rows = survey.rows?.value
    {
      let gaps = 1 - Double(rows) / (high - low + 1)
      key.gaps = .init(
        value: min(0.99, max(0, gaps)), origin: "keys from \(Int(low)) to \(Int(high))")
    }
    survey.key = key
  }

  private mutating func readIndexes() {
    let rows = ask(
      "the indexes",
      """
      SELECT c.relname, i.indexprs IS NOT NULL,
        (SELECT string_agg(a.attname, chr(1) ORDER BY k.place)
         FROM unnest(i.indkey) WITH ORDINALITY AS k(number, place)
         JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = k.number)
      FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indexrelid
      WHERE i.indrelid = $1::regclass AND NOT i.indisprimary ORDER BY c.relname
      """)
    guard let rows else { return }
    for row in 0..<rows.count {
      let name = rows.text(row, 0) ?? ""
      guard rows.boolean(row, 1) == false, let columns = rows.text(row, 2) else {
        survey.unknown.append("index \(name): it is over an expression")
        continue
      }
      survey.indexes.append(
        .init(name: name, columns: columns.split(separator: "\u{1}").map(String.init)))
    }
  }

  private mutating func readSettings() {
    let names = [
      "shared_buffers", "min_wal_size", "max_wal_size", "checkpoint_timeout",
      "checkpoint_completion_target",
      "synchronous_commit", "full_page_writes", "autovacuum", "max_connections",
    ]
    let rows = ask(
      "settings",
      "SELECT name, setting, unit FROM pg_settings WHERE name = ANY (string_to_array($1, ',')) ORDER BY 1",
      [names.joined(separator: ",")])
    guard let rows else { return }
    for row in 0..<rows.count {
      guard let name = rows.text(row, 0), let setting = rows.text(row, 1) else { continue }
      let value =
        switch rows.text(row, 2) {
        case "8kB": "\((Int(setting) ?? 0) * 8)KiB"
        case "MB": "\(setting)MiB"
        case let unit? where ["ms", "s"].contains(unit): setting + unit
        case "min": setting + "min"
        default:
          ["full_page_writes", "autovacuum"].contains(name)
            ? (setting == "on" ? "true" : "false")
            : setting == "on" || setting == "off" ? "\"\(setting)\"" : setting
        }
      survey.settings.append((name, value))
    }
  }

  private mutating func readReplicas() {
    let rows = ask(
      "replicas", "SELECT application_name, state FROM pg_stat_replication ORDER BY 1", [])
    guard let rows else { return }
    for row in 0..<rows.count where rows.text(row, 1) != "backup" {
      survey.replicas.append(rows.text(row, 0) ?? "replica-\(row + 1)")
    }
    if (0..<rows.count).contains(where: { rows.text($0, 1) == nil }) {
      survey.unknown.append("the replicas' names: the role is no member of pg_monitor")
    }
  }

  private static let counted = ["update", "insert", "delete", "select"]

  private mutating func counters() -> [Double] {
    let rows = ask(
      "traffic",
      """
      SELECT n_tup_upd, n_tup_ins, n_tup_del, coalesce(idx_scan, 0)
      FROM pg_stat_user_tables WHERE relid = $1::regclass
      """)
    guard let rows, rows.count == 1 else { return [] }
    return Self.counted.indices.map { rows.real(0, $0) ?? 0 }
  }

  private mutating func readTraffic(_ before: [Double], seconds: Double) {
    let after = counters()
    guard before.count == after.count, seconds > 0 else { return }
    for (i, kind) in Self.counted.enumerated() {
      let rate = (after[i] - before[i]) / seconds
      if rate >= 0.1 { survey.traffic.append((kind, (rate * 10).rounded() / 10)) }
    }
  }
}
