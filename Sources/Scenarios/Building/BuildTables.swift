import Primitives

extension ScenarioBuilder {
  mutating func buildBackfill() -> Backfill? {
    let section = root["backfill"]
    guard !section.isAbsent else { return nil }
    let kind = section["kind"]
    if let name = kind.string, name != "update" {
      problems.error(
        "RH0107", at: kind.place, "backfill kind \"\(name)\" is known, but not built yet",
        hint: "only update is built")
    }
    let set = section["set"].members.compactMap { member in
      member.value.string.map { Backfill.Assignment(column: member.key, expression: $0) }
    }
    let widths = set.map { assignment in declaredWidth(assignment.column) ?? 8 }
    return Backfill(
      set: set, adds: section["adds"].integer ?? widths.reduce(0, +),
      filter: section["where"].string, filterIndexed: section["filter_indexed"].flag ?? false,
      rowsMatching: section["rows_matching"].number ?? 1, deadline: section["deadline"].span)
  }

  /// The checked tables, whichever of `table` and `tables` is written.
  var tableSections: [Checked] {
    let table = root["table"]
    return table.isAbsent ? root["tables"].items : [table]
  }

  private func declaredWidth(_ column: String) -> Int? {
    tableSections.first?["columns"].items.first { $0["name"].string == column }?["width"].integer
  }

  mutating func buildTables() -> [Table] {
    let one = root["table"]
    let many = root["tables"]
    if !one.isAbsent, !many.isAbsent {
      problems.error(
        "RH0106", at: root.member("tables")?.keyPlace ?? many.place,
        "a scenario has either table or tables", hint: "keep one of them")
    } else if one.isAbsent, many.isAbsent {
      problems.error(
        "RH0104", at: root.place, "the scenario needs \"table\"",
        hint: "add table: {name: orders, rows: 50M, row_width: 200B}")
    }
    let sections = tableSections
    requireDistinct(
      sections.compactMap { table in table["name"].string.map { ($0, table["name"].place) } },
      "table")
    return sections.enumerated().map { build($0.element, isBackfilled: $0.offset == 0) }
  }

  private mutating func build(_ section: Checked, isBackfilled: Bool) -> Table {
    let columns = section["columns"].items
    requireDistinct(
      columns.compactMap { column in column["name"].string.map { ($0, column["name"].place) } },
      "column")
    let indexes = section["indexes"].items
    requireDistinct(
      indexes.compactMap { index in index["name"].string.map { ($0, index["name"].place) } },
      "index")
    let set = isBackfilled ? (backfill?.set ?? []).map(\.column) : []
    let table = Table(
      name: section["name"].string ?? "", rows: section["rows"].integer ?? 1,
      rowWidth: section["row_width"].integer ?? 100,
      fillfactor: section["fillfactor"].integer ?? 100,
      primaryKey: primaryKey(section["primary_key"]),
      columns: columns.map {
        Table.Column(
          name: $0["name"].string ?? "", type: $0["type"].string ?? "text",
          width: $0["width"].integer ?? 8, distinct: $0["distinct"].integer)
      },
      indexes: indexes.map { index in
        let names = index["columns"].items.compactMap(\.string)
        return Table.Index(
          name: index["name"].string ?? "", columns: names, distinct: index["distinct"].integer,
          touchedByBackfill: names.contains { name in set.contains(name) })
      })
    checkDistinct(section, rows: table.rows)
    if set.contains(table.primaryKey.column) { refuseKeyChange(table.primaryKey.column) }
    return table
  }

  private func primaryKey(_ section: Checked) -> Table.PrimaryKey {
    let type = section["type"].string.flatMap(Table.PrimaryKey.KeyType.init) ?? .bigint
    let order = section["order"].string.flatMap(Table.PrimaryKey.PhysicalOrder.init)
    return Table.PrimaryKey(
      column: section["column"].string ?? "id", type: type,
      order: order ?? (type == .uuid4 ? .random : .clustered), gaps: section["gaps"].number ?? 0)
  }

  private mutating func checkDistinct(_ section: Checked, rows: Int) {
    guard section["rows"].isUsable else { return }
    for item in section["columns"].items + section["indexes"].items {
      guard let distinct = item["distinct"].integer, distinct > rows else { continue }
      problems.error(
        "RH0204", at: item["distinct"].place,
        "\(item["distinct"].text) distinct values in \(section["rows"].text) rows",
        hint: "at most one for each row")
    }
  }

  private mutating func refuseKeyChange(_ column: String) {
    guard let member = root["backfill"]["set"].member(column) else { return }
    problems.error(
      "RH0204", at: member.keyPlace,
      "the backfill changes the key \"\(column)\" that its batches walk",
      hint: "set another column", help: ["a row whose key changes may be met twice or never"])
  }
}
