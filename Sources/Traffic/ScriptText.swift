/// A statement in a script's own words, for a world that sends it.
package struct ScriptText: Hashable, Sendable, Codable {
  /// What varies from one transaction to the next.
  package enum Value: Hashable, Sendable, Codable {
    /// The key of the row that a draw takes from a table.
    case key(table: Int, draw: UInt64)
    /// A whole number, evenly from low to high, the same throughout the transaction for one number.
    case random(number: Int, low: Int64, high: Int64)
  }

  /// With `$1`, `$2`, … for the values.
  package var sql: String
  package var values: [Value]
  /// Columns that it writes.
  package var columns: [String]
  /// An INSERT that leaves the key to the server, with a key of ours as one value more.
  package var keyed: String?

  package init(sql: String, values: [Value], columns: [String], keyed: String? = nil) {
    self.sql = sql
    self.values = values
    self.columns = columns
    self.keyed = keyed
  }
}
