/// Why a live run could not begin, or could not go on.
package enum LiveError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The server, or the way to it, failed.
  case server(ServerError)
  /// The server's table or version does not fit the scenario.
  case unfit(String)

  package var description: String {
    switch self {
    case .server(let error): error.description
    case .unfit(let reason): reason
    }
  }

  static func server<Value>(_ body: () throws(ServerError) -> Value) throws(LiveError) -> Value {
    do { return try body() } catch { throw .server(error) }
  }
}
