import LiveDriver

/// Sessions for reading only, as options name their servers.
enum ReadingServers {
  static func server(_ dsn: String, option: String) throws -> ConnectionString {
    do {
      return try ConnectionString(dsn)
    } catch {
      throw Failure(.usage, "\(option) is \(error)")
    }
  }

  static func session(_ server: ConnectionString) throws -> Connection {
    do { return try Connection.readOnly(server) } catch { throw Failure(reading: error) }
  }

  /// The replicas of a target, each checked to follow it.
  static func replicas(_ names: [String], of target: Connection) throws -> [Connection] {
    try names.map { name in
      let replica = try session(try server(name, option: "--replica"))
      do {
        if let refusal = try TargetCheck.refusal(ofReplica: replica, of: target) {
          throw Failure(
            .refusedForSafety, "\(refusal)", help: refusal.help.joined(separator: "; "))
        }
      } catch let error as ServerError {
        throw Failure(reading: error)
      }
      return replica
    }
  }
}

extension Failure {
  /// A server that cannot be read, as it answered.
  init(reading error: ServerError) {
    let isAway = error.isConnectionLost
    self.init(
      isAway ? .serverUnreachable : .incomplete, "the server cannot be read: \(error)",
      help: isAway ? "try the same connection with psql" : nil)
  }
}
