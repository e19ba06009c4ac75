import Dispatch
import Foundation
import Measurements
import RunHistory

/// Where runs are kept, and how they get there and back.
struct History {
  /// The file; `REHEARSE_HISTORY` names another one.
  static var path: String {
    let wanted = ProcessInfo.processInfo.environment["REHEARSE_HISTORY"] ?? ""
    return wanted.isEmpty ? ".rehearse/history.sqlite" : wanted
  }

  /// Nil where no run has been kept yet.
  static func existing() throws -> RunStore? {
    guard FileManager.default.fileExists(atPath: path) else { return nil }
    do { return try RunStore(path: path) } catch { throw Failure(error) }
  }

  /// Keeps a run.
  ///
  /// A history that cannot take it costs a warning, never the result.
  static func keep(_ run: FinishedRun, _ console: Console) {
    do {
      let record = run.record
      let document = try jsonText(record)
      let id = RunID.make(
        name: record.header.name, seed: record.header.seed, startedAt: run.startedAt,
        document: document)
      let line = StoredRun(
        id: id, name: record.header.name, world: record.header.world, verdict: record.verdict,
        seed: record.header.seed, startedAt: RunID.timestamp(run.startedAt),
        toolVersion: Build.version, wallTime: run.seconds,
        scenarioHash: record.scenarioHash)
      try RunStore(path: path).save(line, document: document)
      console.say("kept as \(id)")
    } catch let error as RunHistoryError {
      console.warn("this run is not kept: \(error)\n  help: \(error.help)")
    } catch {
      console.warn("this run is not kept: \(error)")
    }
  }

  /// The document of a run by its id, the only start of one, or `latest`.
  static func document(_ name: String) throws -> String {
    let id = name.hasPrefix("run:") ? String(name.dropFirst(4)) : name
    guard let store = try existing() else { throw Failure(RunHistoryError.noSuchRun(id)) }
    do {
      guard id == "latest" else { return try store.document(id) }
      guard let newest = try store.list(limit: 1).first else { throw RunHistoryError.noSuchRun(id) }
      return try store.document(newest.id)
    } catch let error as RunHistoryError {
      throw Failure(error)
    }
  }
}

/// A run with when it began and how long it took, which its record does not say.
struct FinishedRun {
  var record: RunRecord
  var startedAt: Date
  var seconds: Double

  init(_ work: () throws -> RunRecord) rethrows {
    startedAt = Date()
    let began = DispatchTime.now().uptimeNanoseconds
    record = try work()
    seconds = Double(DispatchTime.now().uptimeNanoseconds - began) * 1e-9
  }
}

extension Failure {
  init(_ error: RunHistoryError) {
    let status: ExitStatus =
      switch error {
      case .noSuchRun, .ambiguous: .noSuchInput
      case .corrupt, .tooNew: .invalidInput
      case .locked, .notWritable, .diskFailed, .other: .incomplete
      }
    self.init(status, "\(error)", help: error.help)
  }
}
