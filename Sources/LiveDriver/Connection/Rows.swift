import CPostgres

/// The rows a statement returned, or the count of those it changed.
///
/// Read by the thread that owns the connection; outlives it.
package final class Rows {
  private let result: OpaquePointer
  package let count: Int

  /// Takes over `result`.
  init(_ result: OpaquePointer) {
    self.result = result
    count = Int(PQntuples(result))
  }

  deinit { PQclear(result) }

  /// Rows that an INSERT, UPDATE, DELETE, COPY or SELECT came to; 0 for other commands.
  package var affected: Int {
    guard let text = PQcmdTuples(result) else { return 0 }
    return Int(String(cString: text)) ?? 0
  }

  /// The value's text; nil for NULL.
  package func text(_ row: Int, _ column: Int) -> String? {
    precondition(row >= 0 && row < count, "row \(row) of \(count)")
    guard PQgetisnull(result, Int32(row), Int32(column)) == 0 else { return nil }
    return PQgetvalue(result, Int32(row), Int32(column)).map { String(cString: $0) }
  }

  package func integer(_ row: Int, _ column: Int) -> Int? { text(row, column).flatMap { Int($0) } }
  package func real(_ row: Int, _ column: Int) -> Double? {
    text(row, column).flatMap { Double($0) }
  }
  package func boolean(_ row: Int, _ column: Int) -> Bool? { text(row, column).map { $0 == "t" } }

  /// The first row's first value; nil for NULL and for no row.
  package var scalar: String? { count > 0 ? text(0, 0) : nil }
}
