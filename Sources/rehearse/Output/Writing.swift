import Foundation
import Glibc

/// Files that a command writes beside stdout.
enum Writing {
  /// Fails before anything has run if a file could not be written afterwards.
  static func check(_ outputs: [OutputFile]) throws { try check(outputs.map(\.path)) }

  static func check(_ paths: [String]) throws {
    for path in paths {
      let existed = FileManager.default.fileExists(atPath: path)
      let descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o644)
      guard descriptor >= 0 else {
        throw notWritable(path, String(cString: strerror(errno)))
      }
      close(descriptor)
      if !existed { unlink(path) }
    }
  }

  /// Replaces a plain file in one step, so that a reader never sees half of it.
  static func write(_ text: String, to path: String) throws {
    var status = stat()
    let special = stat(path, &status) == 0 && status.st_mode & S_IFMT != S_IFREG
    do {
      try Data(text.utf8).write(
        to: URL(fileURLWithPath: path), options: special ? [] : .atomic)
    } catch {
      throw notWritable(path, error.localizedDescription)
    }
  }

  /// Adds to a file that others write to as well.
  static func append(_ text: String, to path: String) throws {
    do {
      if !FileManager.default.fileExists(atPath: path) {
        try Data().write(to: URL(fileURLWithPath: path))
      }
      let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
      defer { try? file.close() }
      try file.seekToEnd()
      try file.write(contentsOf: Data(text.utf8))
    } catch {
      throw notWritable(path, error.localizedDescription)
    }
  }

  private static func notWritable(_ path: String, _ reason: String) -> Failure {
    Failure(.outputNotWritable, "cannot write \(path): \(reason)")
  }
}
