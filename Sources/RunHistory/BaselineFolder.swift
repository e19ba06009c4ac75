import Foundation
import Measurements

/// Runs that later ones are compared with: a committed file for each, `baselines/NAME.json`.
///
/// A file is a run's own document without its course, so that whatever reads runs reads baselines.
package struct BaselineFolder: Sendable {
  package enum Problem: Error, Hashable, Sendable {
    /// Not a name that a file can have.
    case badName(String)
    case missing(String, known: [String])
    case unreadable(path: String, reason: String)
    case notWritable(path: String, reason: String)
  }

  package var path: String

  package init(path: String = "baselines") { self.path = path }

  /// The baseline of a scenario that names none: letters, digits and dashes of its name.
  package static func name(for scenario: String) -> String { RunID.slug(scenario) }

  package func file(_ name: String) throws(Problem) -> String {
    let isName =
      !name.isEmpty && !name.hasPrefix(".") && name.count <= 100
      && name.unicodeScalars.allSatisfy {
        $0.isASCII && ($0.properties.isAlphabetic || "0123456789.-_".unicodeScalars.contains($0))
      }
    guard isName else { throw .badName(name) }
    return "\(path)/\(name).json"
  }

  /// In order of their names.
  package var names: [String] {
    let files = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    return files.filter { $0.hasSuffix(".json") }.map { String($0.dropLast(5)) }.sorted()
  }

  package func exists(_ name: String) -> Bool {
    (try? file(name)).map { FileManager.default.fileExists(atPath: $0) } ?? false
  }

  package func load(_ name: String) throws(Problem) -> RunRecord {
    let file = try file(name)
    guard let bytes = FileManager.default.contents(atPath: file) else {
      throw .missing(name, known: names)
    }
    do {
      return try JSONDecoder().decode(RunRecord.self, from: bytes)
    } catch {
      throw .unreadable(path: file, reason: "\(error)")
    }
  }

  /// Returns the file that it wrote.
  @discardableResult
  package func save(_ run: RunRecord, as name: String) throws(Problem) -> String {
    let file = try file(name)
    var run = run
    run.course = nil
    run.batch = nil
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
      try Data((jsonText(run) + "\n").utf8).write(to: URL(fileURLWithPath: file), options: .atomic)
    } catch {
      throw .notWritable(path: file, reason: error.localizedDescription)
    }
    return file
  }
}
