import Foundation
import Testing

/// Recorded output: a change detector whose differences are reviewed like code.
///
/// `RECORD=1` rewrites.
enum Golden {
  static let recording = ProcessInfo.processInfo.environment["RECORD"] == "1"

  static func expect(
    _ text: String, equals path: String, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let file = Command.packageRoot.appendingPathComponent(path)
    if recording {
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try text.write(to: file, atomically: true, encoding: .utf8)
      return
    }
    guard let recorded = try? String(contentsOf: file, encoding: .utf8) else {
      Issue.record("\(path) is missing: make record-goldens", sourceLocation: sourceLocation)
      return
    }
    #expect(text == recorded, "\(path) differs", sourceLocation: sourceLocation)
  }
}
