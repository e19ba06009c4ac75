import ArgumentParser
import Foundation
import Gates
import LiveDriver
import Measurements
import Primitives
import Reports
import Scenarios

struct Verify: Verb {
  static let configuration = CommandConfiguration(
    abstract: "Check a backfilled table, its replicas and its traffic; nothing is written.",
    usage: "rehearse verify <file> --target <dsn> [--replica <dsn> ...] [<options>]",
    discussion: """
      Compares every row with the scenario's expression and sums the rows' hashes, range by range in \
      key order with pauses, in a read-only session, preferably on a replica. The sum does not depend \
      on the order of the rows; md5(string_agg(id::text, '')) without ORDER BY does, so it changes \
      with every UPDATE although no id does.

      A check that needs something to be held against says so: the same asked before the backfill \
      (--before), a count (--baseline-count), a live run (--run).

      Exit status: 0 no check failed, 2 one did, 3 one could not be decided, 69 server unreachable.

      Examples:
        rehearse verify s.yaml --target service=shop --out json=before.json
        rehearse verify s.yaml --target service=shop --before before.json
        rehearse verify s.yaml --target service=shop --replica host=r1 --run latest
      """)

  @Argument(help: "Scenario file.", completion: .file(extensions: ["yaml", "yml"]))
  var file: String

  @Option(help: ArgumentHelp("The primary: a URI or keyword=value pairs.", valueName: "dsn"))
  var target: String

  @Option(
    help: ArgumentHelp(
      "A replica of it; rows are read from the first. Repeatable.", valueName: "dsn"))
  var replica: [String] = []

  @Option(help: ArgumentHelp("What verify wrote as JSON before the backfill.", valueName: "file"))
  var before: String?

  @Option(help: ArgumentHelp("Rows that there were before the backfill.", valueName: "n"))
  var baselineCount: Int?

  @Option(
    name: .customLong("run"),
    help: ArgumentHelp("A kept live run: its rows, and its traffic's errors.", valueName: "run"))
  var runName: String?

  @Option(
    help: ArgumentHelp("How long to watch the cache, such as 60s.", valueName: "duration"))
  var interval = "5s"

  @OptionGroup var scenario: ScenarioOptions
  @OptionGroup var output: FormatOption

  @Option(
    name: .customLong("out"),
    help: ArgumentHelp(
      "Also write the result as text or json to a file. Repeatable.", valueName: "kind=path"))
  var outputs: [OutputFile] = []

  func validate() throws {
    _ = try WallTime.seconds(interval, of: "--interval")
    if let baselineCount, baselineCount < 0 {
      throw ValidationError("--baseline-count takes a number from 0 on, not \(baselineCount)")
    }
    guard outputs.allSatisfy({ [.text, .json].contains($0.kind) }) else {
      throw ValidationError("verify writes text and json")
    }
    if before != nil && baselineCount != nil {
      throw ValidationError("--before and --baseline-count say the same: give one of them")
    }
  }

  func perform(_ console: Console) throws -> ExitStatus {
    guard let scenario = try scenario.load([file], console).first?.scenario else {
      return .noSuchInput
    }
    let reference = try reference()
    try Writing.check(outputs)
    let server = try ReadingServers.server(target, option: "--target")
    let primary = try ReadingServers.session(server)
    let replicas = try ReadingServers.replicas(replica, of: primary)
    Interrupt.listen()
    let record = try verify(
      Verifier(
        scenario, primary: primary, replicas: replicas, target: "\(server)", reference: reference),
      of: scenario, console)
    try Publishing(outputs: outputs, format: output.format).publish(
      json: try jsonText(record), console
    ) { VerifyText(record, emphasis: $0).text }
    switch record.verdict {
    case .pass, .none: return .success
    case .fail: return .gateFailed
    case .inconclusive: return .inconclusive
    }
  }

  private func reference() throws -> Verifier.Reference {
    var reference = Verifier.Reference()
    reference.count = baselineCount
    if let before {
      let data: Data
      do {
        data = try Data(contentsOf: URL(fileURLWithPath: before))
      } catch {
        throw Failure(.noSuchInput, "\(before) cannot be read: \(error.localizedDescription)")
      }
      do {
        reference.before = try JSONDecoder().decode(VerifyRecord.self, from: data)
      } catch {
        throw Failure(
          .invalidInput, "\(before) is not what verify writes as JSON",
          help: "write it with: rehearse verify … --out json=\(before)")
      }
    }
    if let runName {
      reference.run = (try StoredDocument(kept: runName).record, runName)
    }
    return reference
  }

  private func verify(
    _ verifier: Verifier, of scenario: Scenario, _ console: Console
  ) throws -> VerifyRecord {
    let progress = Progress(console, label: scenario.name)
    defer { progress.finish() }
    let span = TimeSpan(seconds: try WallTime.seconds(interval, of: "--interval"))
    do {
      let record = try verifier.verify(
        interval: span, shouldStop: { Interrupt.isRequested },
        report: { rows in progress.report { "\(Human.count(Double(rows))) rows read" } })
      guard let record else {
        throw Failure(Interrupt.status ?? .incomplete, "stopped; nothing was decided")
      }
      return record
    } catch let error as LiveError {
      throw Failure(error)
    }
  }
}
