import Traffic

/// A pgbench script as one class of traffic: its statements, and how it draws keys.
struct PgbenchMapping {
  private(set) var statements: [Statement] = []
  private(set) var keys: KeyDistribution = .uniform
  private(set) var isScattered = true

  private let tables: [Table]
  private var variables: [String: PgbenchValue]
  /// Which draw of which table a variable is.
  private var keyOf: [String: (table: Int, draw: UInt64)] = [:]
  private var parsed: [(line: Int, statement: PgbenchStatement)] = []
  private var distribution: (shape: KeyDistribution, isScattered: Bool)?

  typealias Unfit = PgbenchScript.Unfit

  init(
    _ script: PgbenchScript, tables: [Table], define: [String: Int]
  ) throws(Unfit) {
    self.tables = tables
    variables = define.mapValues { .integer(Int64($0)) }
    if variables["scale"] == nil { variables["scale"] = .integer(Self.scale(tables)) }
    var frame: [(line: Int, word: String)] = []
    for (line, command) in script.commands {
      switch command {
      case .set(let variable, let expression): try set(variable, expression, line)
      case .other(let name):
        throw Unfit(
          line: line, message: "\\\(name) has no counterpart",
          hint: name == "sleep" ? "think: in the class" : "\\set is known")
      case .sql(let text):
        if let word = PgbenchStatement.frame(text) {
          frame.append((line, word))
          guard parsed.isEmpty == (word == "begin"), frame.count <= 2 else {
            throw Self.severalTransactions(line)
          }
        } else {
          if frame.count == 2 { throw Self.severalTransactions(line) }
          try add(text, line)
        }
      }
    }
    guard let first = parsed.first else {
      throw Unfit(line: 1, message: "the script has no statement", hint: "one at least")
    }
    guard parsed.count == 1 || frame.count == 2 else { throw Self.severalTransactions(first.line) }
    guard parsed.count > 1 || frame.isEmpty else {
      throw Unfit(
        line: first.line, message: "BEGIN and END around one statement are two round trips more",
        hint: "take them away: one statement is a transaction")
    }
    for (line, statement) in parsed {
      statements.append(try mapped(statement, line))
    }
    if let distribution { (keys, isScattered) = distribution }
  }

  private static func severalTransactions(_ line: Int) -> Unfit {
    Unfit(
      line: line, message: "one script is one transaction here",
      hint: "BEGIN; … END; around all statements, or a class for each")
  }

  /// As pgbench counts it: one branch for each.
  private static func scale(_ tables: [Table]) -> Int64 {
    func rows(_ name: String) -> Int? {
      tables.first { $0.name == name || $0.name.hasSuffix(".\(name)") }?.rows
    }
    return Int64(rows("pgbench_branches") ?? rows("pgbench_accounts").map { $0 / 100_000 } ?? 1)
  }

  private mutating func set(_ variable: String, _ expression: String, _ line: Int) throws(Unfit) {
    do {
      variables[variable] = try PgbenchExpression.value(of: expression, variables)
    } catch {
      throw Unfit(line: line, message: "\(variable): \(error.message)", hint: error.hint)
    }
  }

  private mutating func add(_ text: String, _ line: Int) throws(Unfit) {
    let statement: PgbenchStatement
    do { statement = try PgbenchStatement(text) } catch {
      throw Unfit(line: line, message: error.message, hint: error.hint)
    }
    parsed.append((line, statement))
    guard let variable = statement.keyVariable else { return }
    let table = try table(statement, line)
    guard statement.keyColumn == tables[table].primaryKey.column else {
      throw Unfit(
        line: line,
        message: "rows are found by \(statement.keyColumn ?? ""), the key is "
          + "\(tables[table].primaryKey.column)",
        hint: "WHERE \(tables[table].primaryKey.column) = :\(variable)")
    }
    if let known = keyOf[variable] {
      guard known.table == table, known.draw == 0 else {
        throw Unfit(
          line: line, message: "\(variable) is the key of two tables, or a second key used twice",
          hint: "a variable of its own for each")
      }
      return
    }
    // Further draws are counted as the statements come, one row each.
    let others = keyOf.values.filter { $0.table == table }.count
    let further = keyOf.values.filter { $0.draw > 0 }.count
    keyOf[variable] = (table, others == 0 ? 0 : UInt64(further + 1))
    try draw(variable, from: table, line)
  }

  private func table(_ statement: PgbenchStatement, _ line: Int) throws(Unfit) -> Int {
    let found = tables.firstIndex {
      $0.name == statement.table || $0.name.hasSuffix(".\(statement.table)")
        || statement.table.hasSuffix(".\($0.name)")
    }
    if let found { return found }
    throw Unfit(
      line: line, message: "the scenario has no table \(statement.table)",
      hint: "describe it under tables:, or another script")
  }

  /// Notes how a table's keys are drawn: all tables of a class alike.
  private mutating func draw(_ variable: String, from table: Int, _ line: Int) throws(Unfit) {
    guard case .draw(let shape, let low, let high, let isScattered) = variables[variable] else {
      throw Unfit(
        line: line, message: "the key :\(variable) is not drawn",
        hint: "\\set \(variable) random(1, \(tables[table].rows))")
    }
    let rows = Int64(tables[table].rows)
    guard low == 1, high <= rows, tables[table].primaryKey.gaps == 0 else {
      throw Unfit(
        line: line,
        message:
          ":\(variable) is drawn from \(low) to \(high), the keys of \(tables[table].name) are "
          + (tables[table].primaryKey.gaps == 0 ? "1 to \(rows)" : "with gaps"),
        hint: "random(1, \(rows)), or define: {scale: …}")
    }
    var new: (shape: KeyDistribution, isScattered: Bool)
    switch shape {
    case .uniform where high == rows: new = (.uniform, true)
    case .uniform:
      new = (.hotspot(fraction: Double(high) / Double(rows), share: 1), false)
    case .zipf(let s) where high == rows: new = (.zipf(s: s), isScattered)
    case .zipf:
      throw Unfit(
        line: line, message: "random_zipfian over a part of \(tables[table].name)",
        hint: "random_zipfian(1, \(rows), s)")
    }
    if let distribution, distribution != new {
      throw Unfit(
        line: line, message: "the keys of two tables are drawn in different ways",
        hint: "one distribution for a class: a class for each")
    }
    distribution = new
  }

  private func mapped(_ statement: PgbenchStatement, _ line: Int) throws(Unfit) -> Statement {
    let table = try table(statement, line)
    let isFurther = statement.keyVariable.flatMap { keyOf[$0] }.map { $0.draw > 0 } ?? false
    let set = statement.kind == .update ? statement.columns : []
    var values: [ScriptText.Value] = []
    var names: [String] = []
    var sql = ""
    for token in statement.tokens {
      guard case .variable(let name) = token.kind else {
        sql += token.text
        continue
      }
      if case .integer(let constant)? = variables[name] {
        sql += "\(constant)"
        continue
      }
      if !names.contains(name) {
        names.append(name)
        values.append(try value(of: name, line))
      }
      sql += "$\((names.firstIndex(of: name) ?? 0) + 1)"
    }
    var text = ScriptText(sql: sql, values: values, columns: statement.columns)
    if statement.kind == .insert {
      let key = tables[table].primaryKey.column
      guard !statement.columns.contains(key) else {
        throw Unfit(
          line: line, message: "the key \(key) of a new row is named",
          hint: "leave it out: new rows get keys above all others")
      }
      text.keyed = PgbenchStatement.keyed(sql, key: key, parameter: values.count + 1)
    }
    return Statement(
      kind: statement.kind, table: table, pick: isFurther ? .another : .same,
      touchesIndexedColumn: statement.kind == .update && touchesIndex(set, of: tables[table]),
      set: set, script: text)
  }

  private func touchesIndex(_ columns: [String], of table: Table) -> Bool {
    columns.contains { column in
      table.primaryKey.column == column || table.indexes.contains { $0.columns.contains(column) }
    }
  }

  private func value(of name: String, _ line: Int) throws(Unfit) -> ScriptText.Value {
    if let key = keyOf[name] { return .key(table: key.table, draw: key.draw) }
    guard case .draw(.uniform, let low, let high, _)? = variables[name] else {
      throw Unfit(
        line: line, message: ":\(name) has no value that can be drawn",
        hint: "\\set \(name) random(1, 100)")
    }
    let number = variables.keys.sorted().firstIndex(of: name) ?? 0
    return .random(number: number, low: low, high: high)
  }
}
