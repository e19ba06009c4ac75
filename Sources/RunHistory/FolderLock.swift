import Foundation

extension RunStore {
  /// Opens the history with its folder held against other openers, across processes; the system
  /// frees it if they die.
  ///
  /// Beginning a history needs it: neither SQLite's switch of a new file to WAL nor the library's
  /// migrator, which reads what is applied outside of the transaction that applies it, waits for
  /// another process that does the same. See flock(2).
  static func holding<T>(
    _ folder: URL, of path: String, patience: Double, _ work: () throws(RunHistoryError) -> T
  ) throws(RunHistoryError) -> T {
    let descriptor = open(folder.path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw .notWritable(path: path, detail: "the folder \(folder.path) cannot be opened")
    }
    defer { close(descriptor) }
    let deadline = Date.now.addingTimeInterval(patience)
    while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
      guard Date.now < deadline else { throw .locked(path: path) }
      usleep(10_000)
    }
    return try work()
  }
}
