import Scenarios

/// A column of the table to be made, the key and the padding aside.
struct PlannedColumn: Hashable, Sendable {
  var name: String
  /// As SQL writes it; nil until the server has said what fits.
  var type: String?
  /// Average bytes, with the length that a value of varying width carries.
  var width: Int
  var distinct: Int?
  /// The backfill's target: NULL in every row that it is yet to reach.
  var isTarget: Bool

  /// Those that the scenario declares or that its statements name, each once.
  ///
  /// A target that its own expression reads has a value from the start.
  static func columns(of table: Table, _ backfill: Backfill?, traffic: [String]) -> [PlannedColumn]
  {
    var columns = table.columns.map {
      PlannedColumn(
        name: $0.name, type: $0.type, width: $0.width, distinct: $0.distinct, isTarget: false)
    }
    func add(_ name: String, type: String? = nil, distinct: Int? = nil, isTarget: Bool = false) {
      guard name != table.primaryKey.column, !columns.contains(where: { $0.name == name }) else {
        return
      }
      columns.append(
        PlannedColumn(name: name, type: type, width: 8, distinct: distinct, isTarget: isTarget))
    }
    let set = backfill?.set ?? []
    let read = set.flatMap { SQLWord.columns(in: $0.expression) }
    for name in read { add(name) }
    for assignment in set where !read.contains(assignment.column) {
      add(assignment.column, isTarget: true)
      if let i = columns.firstIndex(where: { $0.name == assignment.column }) {
        columns[i].isTarget = true
      }
    }
    for name in backfill?.filter.map(SQLWord.columns(in:)) ?? [] { add(name) }
    for name in traffic { add(name, type: "bigint") }
    for index in table.indexes {
      for name in index.columns { add(name, type: "bigint", distinct: index.distinct) }
    }
    return columns
  }
}
