extension ScenarioSchema {
  static let table = Section(
    doc: "A table as the planner's catalogs describe it.",
    fields: [
      Field("name", .text(.identifier), .required, "Schema-qualified name."),
      Field(
        "rows", .count(1...1_000_000_000_000), .required,
        "Rows: pg_class.reltuples or an exact count."),
      Field(
        "row_width", .bytes(24...8_160), .required,
        "Average tuple in bytes, header included; a page has 8,160 for its tuples."),
      Field(
        "fillfactor", .count(10...100), .value("100", because: "PostgreSQL's default for tables"),
        "Share of a page that inserts fill, in percent."),
      Field(
        "primary_key", .section(primaryKey), .value("{}", because: "a serial bigint key"),
        "The key that batches walk."),
      Field(
        "columns", .list(.section(column), notEmpty: false),
        .value("[]", because: "columns that statements name are inferred"), "Known columns."),
      Field(
        "indexes", .list(.section(index), notEmpty: false),
        .value("[]", because: "the primary key's own index is implied"), "Secondary indexes."),
    ],
    reserved: ["toast", "partitions", "triggers", "references"],
    misplaced: [
      "average_row_width": "write row_width", "heap_size": "write rows and row_width",
      "dead_rows": "a trial starts freshly vacuumed; remove it",
      "autovacuum": "write database: {settings: {autovacuum: …}}",
    ])

  private static let primaryKey = Section(
    doc: "The primary key and how it lies in the heap.",
    fields: [
      Field(
        "column", .text(.identifier), .value("id", because: "the usual name"), "The key's column."),
      Field(
        "type", .word(Table.PrimaryKey.KeyType.allCases.map(\.rawValue)),
        .value("bigint", because: "the usual type"), "The key's type."),
      Field(
        "order", .word(Table.PrimaryKey.PhysicalOrder.allCases.map(\.rawValue)),
        .computed("random for uuid4, else clustered: rows lie in the order of their insertion"),
        "Whether rows that follow each other in key order lie on the same pages."),
      Field(
        "gaps", .quantity(.ratio, Bounds(0...1, highOpen: true)),
        .value("0%", because: "no rows deleted between the smallest and largest key"),
        "Share of the key space without a row."),
    ], misplaced: ["columns": "write column: NAME (one column)", "correlation": "write order"])

  private static let column = Section(
    doc: "A column.",
    fields: [
      Field("name", .text(.identifier), .required, "Name."),
      Field("type", .text(.free), .value("text", because: "any type that varies"), "SQL type."),
      Field(
        "width", .bytes(0...1_048_576),
        .value("8B", because: "a bigint, a timestamp or a short text"),
        "Average bytes: pg_stats.avg_width."),
      Field(
        "distinct", .count(1...1_000_000_000_000), .nothing("unknown"),
        "Distinct values: pg_stats.n_distinct."),
    ])

  private static let index = Section(
    doc: "A secondary index.",
    fields: [
      Field("name", .text(.identifier), .required, "Name."),
      Field(
        "columns", .list(.text(.identifier), notEmpty: true), .required,
        "Key and included columns; an update of any of them cannot be HOT."),
      Field(
        "distinct", .count(1...1_000_000_000_000), .nothing("as many as rows"),
        "Distinct keys: few distinct keys share leaf pages."),
    ])

  static let backfill = Section(
    doc: "The change to every row.",
    fields: [
      Field(
        "kind", .word(["update", "copy", "insert", "delete"]),
        .value("update", because: "the only kind that is built"),
        "update; copy, insert and delete are reserved."),
      Field(
        "set", .dictionary(key: "COLUMN", .text(.free), notEmpty: true), .required,
        "Column and the SQL expression over the row that fills it."),
      Field(
        "adds", .bytes(0...8_000),
        .computed("the declared widths of the columns that are set, 8B for an undeclared one"),
        "Bytes that the new value adds to a row: decides page fit, HOT, log and bloat."),
      Field(
        "where", .text(.free), .nothing("every row matches"), "SQL filter of the rows to change."),
      Field(
        "filter_indexed", .flag, .value("false", because: "no index serves the filter"),
        "Whether an index finds the rows by the filter; if not, each find scans."),
      Field(
        "rows_matching", .quantity(.ratio, Bounds(0...1, lowOpen: true)),
        .value("100%", because: "every row is changed"), "Share of the rows that match the filter."),
      Field(
        "deadline", .positiveTime(), .nothing("no deadline"),
        "How long the backfill may take; gates refer to it by `<= deadline`."),
    ],
    reserved: ["into", "reads"],
    misplaced: [
      "batch": "it belongs to strategy: {batch: …}", "rows": "write rows_matching: 35%",
      "columns_written": "write set: {column: \"expression\"}",
    ])
}
