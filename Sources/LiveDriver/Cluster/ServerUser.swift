import Foundation

/// Who the server runs as: PostgreSQL refuses to run as root.
enum ServerUser: Hashable, Sendable {
  case ourselves
  /// Only root can.
  case other(name: String, userID: uid_t, groupID: gid_t)

  /// Ourselves, or as root the first of `postgres` and `nobody` that this host has.
  static func choose() throws(ClusterError) -> ServerUser {
    guard geteuid() == 0 else { return .ourselves }
    for name in ["postgres", "nobody"] {
      if let entry = getpwnam(name)?.pointee, entry.pw_uid != 0 {
        return .other(name: name, userID: entry.pw_uid, groupID: entry.pw_gid)
      }
    }
    throw ClusterError(
      "PostgreSQL does not run as root, and there is no user postgres or nobody to run it as",
      help: ["create one: useradd --system postgres", "or run rehearse as an ordinary user"])
  }

  var userID: uid_t {
    switch self {
    case .ourselves: geteuid()
    case .other(_, let userID, _): userID
    }
  }

  /// Hands a file or folder of ours over.
  func own(_ path: String) throws(ClusterError) {
    guard case .other(let name, let userID, let groupID) = self else { return }
    guard lchown(path, userID, groupID) == 0 else {
      throw ClusterError("\(path) cannot be given to user \(name): \(SystemError.text(errno))")
    }
  }
}

enum SystemError {
  /// What the system says about an `errno`.
  static func text(_ code: Int32) -> String { String(cString: strerror(code)) }
}
