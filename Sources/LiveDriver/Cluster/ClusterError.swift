/// Why a server could not be made or reached; nothing is left behind.
package struct ClusterError: Error, Hashable, Sendable, CustomStringConvertible {
  package enum Kind: Hashable, Sendable {
    /// Exit status 69.
    case unavailable
    /// Exit status 77.
    case refused
    /// Nobody wanted it any more.
    case stopped
  }
  package var kind: Kind
  package var message: String
  /// What to do about it, a sentence each.
  package var help: [String]

  package init(_ message: String, help: [String] = [], kind: Kind = .unavailable) {
    self.kind = kind
    self.message = message
    self.help = help
  }

  package var description: String { message }

  static let stopped = ClusterError("stopped while the servers were being made", kind: .stopped)
}
