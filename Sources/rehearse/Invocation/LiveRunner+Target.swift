import Foundation
import LiveDriver
import Measurements
import Scenarios

/// A server of the user's own, as the command line names it.
struct TargetOptions: Sendable {
  var primary: String
  var replicas: [String]
  /// Without it nothing is written.
  var executes: Bool
  /// The run to go on with; nil begins a new one.
  var resumed: String?
  /// Of a dry run's description.
  var format: OutputFormat
}

extension LiveRunner {
  /// Runs on a server that is marked or allowed; nil after a dry run, which says what would be done.
  func run(on options: TargetOptions, file: String) throws -> Finished? {
    let primary = try server(options.primary)
    let replicas = try options.replicas.map(server)
    let session = try connect(primary)
    try check(session, replicas)
    do {
      let preview = try LivePreview(scenario, session)
      guard options.executes else {
        try describe(preview, primary, options.format)
        return nil
      }
      for warning in preview.warnings { console.warn(warning) }
      let cluster = try session.cluster()
      func checked(_ server: ConnectionString) -> ConnectionString {
        var only = server
        only.onlyCluster = cluster
        return only
      }
      return try rehearse(
        on: checked(primary), replicas.map(checked), options, file, preview)
    } catch let error as LiveError {
      throw Failure(error)
    } catch let error as ServerError {
      throw Failure(LiveError.server(error))
    }
  }

  func server(_ text: String) throws -> ConnectionString {
    do { return try ConnectionString(text) } catch { throw Failure(.usage, "\(error)") }
  }

  func connect(_ server: ConnectionString) throws -> Connection {
    do {
      return try Connection(server, applicationName: "rehearse")
    } catch {
      throw Failure(
        .serverUnreachable, "\(server): \(error)",
        help: "start the server or mend the connection string; psql takes the same one")
    }
  }

  func check(_ session: Connection, _ replicas: [ConnectionString]) throws {
    do {
      let check = try TargetCheck(
        session, allowed: try Self.allowedTargets(),
        connections: LivePreview.connections(of: scenario))
      for warning in check.warnings { console.warn(warning) }
      var refusals = check.refusals
      for replica in replicas {
        if let refusal = try TargetCheck.refusal(ofReplica: try connect(replica), of: session) {
          refusals.append(refusal)
        }
      }
      guard refusals.isEmpty else {
        throw Failure(
          .refusedForSafety, refusals.map(\.description).joined(separator: "; "),
          help: refusals.flatMap(\.help).joined(separator: "; "))
      }
    } catch let error as ServerError {
      throw Failure(error.isConnectionLost ? .serverUnreachable : .incomplete, "\(error)")
    }
  }

  /// What `rehearse.yaml` of the working folder allows.
  private static func allowedTargets() throws -> [AllowedTarget] {
    let path = ProjectConfiguration.fileName
    guard FileManager.default.fileExists(atPath: path) else { return [] }
    let text: String
    do {
      text = try String(contentsOfFile: path, encoding: .utf8)
    } catch {
      throw Failure(.invalidProjectConfiguration, "\(path): \(error.localizedDescription)")
    }
    do {
      return try ProjectConfiguration(text: text, path: path).targets
    } catch {
      guard case .invalid(let problems) = error else { return [] }
      throw Failure(
        .invalidProjectConfiguration, "\(path) is not valid, nothing was run", problems: problems)
    }
  }

  private struct DryRun: Encodable {
    struct Statement: Encodable {
      var who: String
      var sql: String
    }
    var schema = "rehearse.dry_run/1"
    var target: String
    var table: String
    var rows: Int
    var connections: Int
    var resumable: Bool
    var warnings: [String]
    var statements: [Statement]
  }

  private func describe(
    _ preview: LivePreview, _ server: ConnectionString, _ format: OutputFormat
  ) throws {
    if format == .json {
      let dry = DryRun(
        target: "\(server)", table: preview.table, rows: preview.rows,
        connections: preview.connections, resumable: preview.isResumable,
        warnings: preview.warnings,
        statements: preview.statements.map { .init(who: $0.who, sql: $0.sql) })
      return console.result(try jsonText(dry))
    }
    var lines = [
      "would run \(scenario.name) on \(server)",
      "  table \(preview.table), about \(preview.rows) rows; \(preview.connections) connections",
    ]
    lines += preview.statements.map { "  \($0.who): \($0.sql)" }
    lines += preview.warnings.map { "  warning: \($0)" }
    lines.append("nothing was written; add --execute to do it")
    console.result(lines.joined(separator: "\n"))
  }

  private func rehearse(
    on primary: ConnectionString, _ replicas: [ConnectionString], _ options: TargetOptions,
    _ file: String, _ preview: LivePreview
  ) throws -> Finished {
    func server(_ server: ConnectionString) -> LiveTarget.Server {
      .init(session: server, observation: server)
    }
    let target = LiveTarget(
      primary: server(primary), replicas: replicas.map(server), isThrowaway: false)
    let name = options.resumed ?? newName
    if scenario.backfill != nil, preview.isResumable {
      // Now: who is killed says nothing at the end.
      console.say(
        "should it be interrupted: rehearse live \(file) --target … --execute --resume \(name)")
    }
    return try measure(
      on: target, name: name, resumes: options.resumed != nil, notes: preview.warnings)
  }
}
