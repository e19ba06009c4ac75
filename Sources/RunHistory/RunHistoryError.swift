import GRDB

/// Why the history could not be read or written, and what to do.
package enum RunHistoryError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Another process held the file for longer than we wait.
  case locked(path: String)
  /// Not a database, or a damaged one. It is left as it is.
  case corrupt(path: String, detail: String)
  /// Written by a newer version of the tool.
  case tooNew(path: String)
  /// The file or its folder cannot be opened or written.
  case notWritable(path: String, detail: String)
  /// The disk is full or failed.
  case diskFailed(path: String, detail: String)
  case noSuchRun(String)
  /// The prefix is that of several runs; at most five are named.
  case ambiguous(String, [String])
  case other(path: String, detail: String)

  package var description: String {
    switch self {
    case .locked(let path): "the run history \(path) is locked by another process"
    case .corrupt(let path, let detail): "the run history \(path) is damaged: \(detail)"
    case .tooNew(let path): "the run history \(path) was written by a newer rehearse"
    case .notWritable(let path, let detail):
      "the run history \(path) cannot be opened: \(detail)"
    case .diskFailed(let path, let detail): "the run history \(path) cannot be written: \(detail)"
    case .noSuchRun(let id): "there is no run \"\(id)\" in the history"
    case .ambiguous(let id, let runs):
      "\"\(id)\" is the start of several runs: \(runs.joined(separator: ", "))"
    case .other(let path, let detail): "the run history \(path): \(detail)"
    }
  }

  /// What to do next.
  package var help: String {
    switch self {
    case .locked:
      "wait until the other rehearse has finished, or set REHEARSE_HISTORY to another file"
    case .corrupt(let path, _):
      "it is left untouched; move it away (mv \(path) \(path).damaged) and a new one is begun"
    case .tooNew: "upgrade rehearse, or set REHEARSE_HISTORY to another file"
    case .notWritable: "check the folder's permissions, or set REHEARSE_HISTORY to another file"
    case .diskFailed: "free some space (`rehearse runs prune`), then run again"
    case .noSuchRun: "`rehearse runs list` shows what there is"
    case .ambiguous: "give more of the id"
    case .other: "set REHEARSE_HISTORY to another file to go on without this one"
    }
  }

  init(_ error: DatabaseError, path: String) {
    let detail = error.message ?? "SQLite error \(error.extendedResultCode.rawValue)"
    switch error.resultCode {
    case .SQLITE_BUSY, .SQLITE_LOCKED: self = .locked(path: path)
    case .SQLITE_CORRUPT, .SQLITE_NOTADB: self = .corrupt(path: path, detail: detail)
    case .SQLITE_CANTOPEN, .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_AUTH:
      self = .notWritable(path: path, detail: detail)
    case .SQLITE_FULL, .SQLITE_IOERR: self = .diskFailed(path: path, detail: detail)
    default: self = .other(path: path, detail: detail)
    }
  }
}
