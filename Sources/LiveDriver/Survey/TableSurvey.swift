import Scenarios

/// What a server's catalogs and a small sample say about one table; nothing is written.
package struct TableSurvey: Sendable {
  /// A value, and how it is known.
  package struct Known<Value: Sendable>: Sendable {
    package var value: Value
    package var origin: String
  }

  package struct Column: Sendable {
    var name: String
    var type: String
    var width: Int?
    var distinct: Int?
  }

  package struct Index: Sendable {
    var name: String
    var columns: [String]
  }

  package struct Key: Sendable {
    var column: String
    var type: Known<Table.PrimaryKey.KeyType>
    var order: Known<Table.PrimaryKey.PhysicalOrder>?
    var gaps: Known<Double>?
  }

  package var name: String
  package var serverVersion = 0
  package var rows: Known<Int>?
  package var rowWidth: Known<Int>?
  package var fillfactor = 100
  package var key: Key?
  package var columns: [Column] = []
  package var indexes: [Index] = []
  /// Settings of the scenario's own names, with their values as it writes them.
  package var settings: [(name: String, value: String)] = []
  package var replicas: [String] = []
  /// Operations a second over two samples of pg_stat_user_tables.
  package var traffic: [(kind: String, rate: Double)] = []
  /// What could not be learnt, a sentence each.
  package var unknown: [String] = []

  /// There is no such table, or no right to see it.
  package struct NotThere: Error, Hashable, Sendable {
    package var name: String
  }
}
