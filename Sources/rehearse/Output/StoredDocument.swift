import Foundation
import Measurements
import Reports
import RunHistory
import Strategies

/// The bytes of one run's document, and the record that they hold.
struct StoredDocument {
  var text: String
  var record: RunRecord
  /// How the scenario was named; nil where that was not kept.
  var source: String?

  init(_ text: String, name: String, source: String? = nil) throws {
    self.text = text
    self.source = source
    do {
      record = try JSONDecoder().decode(RunRecord.self, from: Data(text.utf8))
    } catch {
      throw Failure(.invalidInput, "\(name) is not a run that this version can read: \(error)")
    }
  }

  /// From the history, by id, the start of one, or `latest`.
  init(kept name: String) throws {
    let (text, source) = try History.kept(name) { (try $0.document($1), try $0.source($1)) }
    try self.init(text, name: name, source: source)
  }

  /// A file where there is one of that name, else a kept run.
  init(named name: String) throws {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: name, isDirectory: &isFolder), !isFolder.boolValue
    else {
      try self.init(kept: name)
      return
    }
    do {
      try self.init(String(contentsOfFile: name, encoding: .utf8), name: name)
    } catch let failure as Failure {
      throw failure
    } catch {
      throw Failure(.noSuchInput, "\(name) cannot be read: \(error.localizedDescription)")
    }
  }

  var report: String { RunText(record, source: source).text }

  func show(_ format: OutputFormat, _ console: Console) {
    switch format {
    case .text: console.result(report)
    case .json: console.result(text)
    }
  }
}

/// The bytes of one trial's decision log, and the log that they hold.
struct StoredDecisions {
  var text: String
  var log: DecisionLog

  init(_ text: String, name: String) throws {
    self.text = text
    do {
      log = try JSONDecoder().decode(DecisionLog.self, from: Data(text.utf8))
    } catch let error as DecisionLog.UnknownVersion {
      throw Failure(
        .invalidInput, "\(name): \(error)",
        help: "show it with the rehearse that made the run: `runs list --format json` names it")
    } catch {
      throw Failure(.invalidInput, "\(name) has no readable decision log: \(error)")
    }
  }

  /// Shows the log, and says whether this version's strategy would decide the same.
  func show(_ format: OutputFormat, _ console: Console) {
    switch format {
    case .text: console.result(log.entries.map { "\($0)" }.joined(separator: "\n"))
    case .json: console.result(text)
    }
    if let divergence = log.replay() {
      console.warn("replayed, it answers otherwise from line \(divergence.index + 1) on")
    } else {
      console.say("\(log.entries.count) events; replayed, they give the same actions")
    }
  }
}
