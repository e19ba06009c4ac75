import Foundation

/// The folder of one throwaway cluster, and the lock that says whether its owner still lives.
///
/// The lock file lies beside the folder, is older than it and dies after it; the system releases the
/// lock when the owner ends, however it ends (flock(2)). So a folder whose lock can be taken is left
/// over, and one whose lock cannot is in use: no process id is compared that another may have by now.
package struct ClusterFolder: Hashable, Sendable {
  static let prefix = "rehearse-"
  private static let lockSuffix = ".lock"

  package let path: String
  private let lock: Int32

  var name: String { String(path.split(separator: "/").last ?? "") }
  private var lockPath: String { path + Self.lockSuffix }

  /// Makes an empty folder that only `user` can enter.
  static func make(in base: String, for user: ServerUser) throws(ClusterError) -> ClusterFolder {
    let base = resolved(base)
    let path = "\(base)/\(prefix)\(randomName())"
    try checkSocketPath(in: path, base: base)
    let lock = open(
      path + lockSuffix, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard lock >= 0 else { throw notWritable(base, SystemError.text(errno)) }
    let folder = ClusterFolder(path: path, lock: lock)
    // Whoever removes leftovers may have taken the lock first, and is about to remove it.
    guard flock(lock, LOCK_EX | LOCK_NB) == 0 else {
      close(lock)
      return try make(in: base, for: user)
    }
    guard mkdir(path, 0o700) == 0 else {
      let reason = SystemError.text(errno)
      folder.release()
      throw notWritable(base, reason)
    }
    do throws(ClusterError) { try user.own(path) } catch {
      rmdir(path)
      folder.release()
      throw error
    }
    return folder
  }

  /// Stops what runs in the folder and removes it, its control groups and its lock.
  func remove() throws(ClusterError) {
    let groups = ControlGroup.all(of: name)
    for group in groups { try group.lift() }
    try ServerProcess.stopAll(in: path)
    for group in groups { group.remove() }
    do {
      if FileManager.default.fileExists(atPath: path) {
        try FileManager.default.removeItem(atPath: path)
      }
    } catch {
      throw ClusterError("\(path) cannot be removed: \(error.localizedDescription)")
    }
    release()
  }

  /// Bytes a second at which the file system removes files whose blocks are on the device, by one of 128 MiB;
  /// nil where there is no room for it..
  package func removalSpeed() -> Double? {
    let probe = path + "/removal"
    let file = open(probe, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard file >= 0 else { return nil }
    let megabyte = [UInt8](repeating: 1, count: 1 << 20)
    let isWritten =
      (0..<128).allSatisfy { _ in write(file, megabyte, megabyte.count) == megabyte.count }
      && fsync(file) == 0
    close(file)
    let began = ContinuousClock.now
    unlink(probe)
    return isWritten ? Double(128 << 20) / (began.duration(to: .now) / .seconds(1)) : nil
  }

  /// Gives the lock up and leaves everything else, as the owner's sudden end does.
  package func abandon() { unlock() }

  private func release() {
    unlink(lockPath)
    unlock()
  }

  /// Closing alone would leave the lock to a child that has forked and not yet become its program.
  private func unlock() {
    flock(lock, LOCK_UN)
    close(lock)
  }

  /// Removes the folders of ours whose owners are dead; returns their paths.
  @discardableResult
  package static func removeLeftovers(in base: String = usualBase()) throws(ClusterError)
    -> [String]
  {
    let base = resolved(base)
    let names = (try? FileManager.default.contentsOfDirectory(atPath: base)) ?? []
    var removed: [String] = []
    for name in names.sorted() where name.hasPrefix(prefix) && name.hasSuffix(lockSuffix) {
      guard let leftover = leftover("\(base)/\(name.dropLast(lockSuffix.count))") else { continue }
      try leftover.remove()
      removed.append(leftover.path)
    }
    return removed
  }

  /// Nil if someone holds the lock, or if it is not ours to take.
  private static func leftover(_ path: String) -> ClusterFolder? {
    let lock = open(path + lockSuffix, O_RDWR | O_CLOEXEC | O_NOFOLLOW)
    guard lock >= 0 else { return nil }
    var status = stat()
    guard fstat(lock, &status) == 0, status.st_uid == geteuid(),
      flock(lock, LOCK_EX | LOCK_NB) == 0
    else {
      close(lock)
      return nil
    }
    return ClusterFolder(path: path, lock: lock)
  }

  /// TMPDIR, else /tmp.
  package static func usualBase() -> String {
    let base = ProcessInfo.processInfo.environment["TMPDIR"] ?? "/tmp"
    return resolved(base)
  }

  /// Without symbolic links, as the system reports a server's working directory.
  private static func resolved(_ path: String) -> String {
    guard let real = realpath(path, nil) else { return path }
    defer { free(real) }
    return String(cString: real)
  }

  private static func randomName() -> String {
    let letters = Array("abcdefghijklmnopqrstuvwxyz0123456789")
    return String((0..<8).map { _ in letters[Int.random(in: 0..<letters.count)] })
  }

  private static func notWritable(_ base: String, _ reason: String) -> ClusterError {
    ClusterError(
      "the folder for temporary files, \(base), is not writable: \(reason)",
      help: ["set TMPDIR to a folder that is"])
  }

  private static func checkSocketPath(in path: String, base: String) throws(ClusterError) {
    let longest = MemoryLayout.size(ofValue: sockaddr_un().sun_path) - 1
    let socket = "\(path)/.s.PGSQL.\(ThrowawayCluster.firstPort)"
    guard socket.utf8.count > longest else { return }
    throw ClusterError(
      "the path of the server's socket would have \(socket.utf8.count) bytes, \(longest) is the most",
      help: ["set TMPDIR to a folder with a shorter path than \(base)"])
  }
}
