/// Why a scenario's table cannot be made; the database is as it was.
package enum TableError: Error, Hashable, Sendable, CustomStringConvertible {
  /// It is there already, and may hold what someone needs: exit status 77.
  case exists(String)
  /// The scenario asks for what no table can be: exit status 65.
  case unfit(String, help: String)
  /// Exit status 69, or 1 where the server answered.
  case server(ServerError)

  package var description: String {
    switch self {
    case .exists(let name): "table \(name) is there already"
    case .unfit(let reason, _): reason
    case .server(let error): error.description
    }
  }

  package var help: [String] {
    switch self {
    case .exists:
      ["rehearse makes its own: drop that one, or give the scenario's table another name"]
    case .unfit(_, let help): [help]
    case .server: []
    }
  }

  /// Runs calls of the connection, whose errors become `.server`.
  static func server<Value>(_ body: () throws(ServerError) -> Value) throws(TableError) -> Value {
    do { return try body() } catch { throw .server(error) }
  }
}
