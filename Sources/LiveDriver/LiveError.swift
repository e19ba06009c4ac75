/// Why a live run could not begin, or could not go on.
package enum LiveError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The server, or the way to it, failed.
  case server(ServerError)
  /// The server's table or version does not fit the scenario.
  case unfit(String)
  /// The role or the state of the server does not let it: what to do.
  case denied(String, help: String)
  /// It could change rows otherwise than the scenario says: what to do.
  case unsafe(String, help: String)
  /// The run to go on with is not in that progress table.
  case noSuchRun(String, table: String)

  package var description: String {
    switch self {
    case .server(let error): error.description
    case .unfit(let reason), .denied(let reason, _), .unsafe(let reason, _): reason
    case .noSuchRun(let run, let table): "no run \"\(run)\" has begun here, as \(table) says"
    }
  }

  static func server<Value>(_ body: () throws(ServerError) -> Value) throws(LiveError) -> Value {
    do { return try body() } catch { throw .server(error) }
  }
}
