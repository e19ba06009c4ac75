import Foundation
import Measurements
import RunHistory
import Strategies

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
        scenarioHash: record.scenarioHash, source: run.source)
      try RunStore(path: path).save(
        line, document: document,
        decisions:
          try run.decisions.map { try jsonText($0, indented: false) })
      console.say("kept as \(id)")
    } catch let error as RunHistoryError {
      console.warn("this run is not kept: \(error)\n  help: \(error.help)")
    } catch {
      console.warn("this run is not kept: \(error)")
    }
  }

  /// What is kept of a run, by its id, the only start of one, or `latest`.
  static func kept<T>(_ name: String, _ read: (RunStore, String) throws -> T) throws -> T {
    let id = name.hasPrefix("run:") ? String(name.dropFirst(4)) : name
    guard let store = try existing() else { throw Failure(RunHistoryError.noSuchRun(id)) }
    do {
      guard id == "latest" else { return try read(store, id) }
      guard let newest = try store.list(limit: 1).first else { throw RunHistoryError.noSuchRun(id) }
      return try read(store, newest.id)
    } catch let error as RunHistoryError {
      throw Failure(error)
    }
  }
}

/// A run with what its record does not say: how the scenario was named, when it began and how long it
/// took, and the decisions of its first trial.
struct FinishedRun {
  var record: RunRecord
  var decisions: DecisionLog?
  var source: String
  var startedAt: Date
  var seconds: Double

  /// Of a run that ends now.
  init(_ record: RunRecord, source: String, startedAt: Date) {
    self.record = record
    self.source = source
    self.startedAt = startedAt
    seconds = -startedAt.timeIntervalSinceNow
  }

  init(_ source: String, _ work: () throws -> (RunRecord, DecisionLog?)) rethrows {
    self.source = source
    startedAt = Date()
    let began = ContinuousClock.now
    (record, decisions) = try work()
    seconds = began.secondsAgo
  }

  /// Nil where the work turned out to be none.
  init?(_ source: String, ifAny work: () throws -> (RunRecord, DecisionLog?)?) rethrows {
    self.source = source
    startedAt = Date()
    let began = ContinuousClock.now
    guard let done = try work() else { return nil }
    (record, decisions) = done
    seconds = began.secondsAgo
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
