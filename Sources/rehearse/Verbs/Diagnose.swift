import ArgumentParser
import LiveDriver
import Measurements
import Primitives
import Reports

struct Diagnose: Verb {
  static let configuration = CommandConfiguration(
    abstract: "Look for a suffering server's symptoms, their causes and what to do.",
    usage: "rehearse diagnose --target <dsn> [--replica <dsn> ...] [<options>]",
    discussion: """
      Asks who waits for whose locks and for how long, who is idle in a transaction, what holds the \
      version horizon, how full the connections are, how far replicas are behind and at which stage, \
      what slots and archiving keep, and whether vacuum keeps up. In a read-only session; nothing is \
      cancelled: the SQL that would do it is printed.

      Exit status: 0 it could look, whatever it found; 3 something could not be read, such as \
      without pg_monitor; 69 server unreachable.

      Example:
        rehearse diagnose --target service=shop --replica host=r1
      """)

  @Option(help: ArgumentHelp("The server: a URI or keyword=value pairs.", valueName: "dsn"))
  var target: String

  @Option(help: ArgumentHelp("A replica of it. Repeatable.", valueName: "dsn"))
  var replica: [String] = []

  @Option(help: ArgumentHelp("Between the two looks, such as 10s.", valueName: "duration"))
  var interval = "2s"

  @OptionGroup var output: FormatOption

  func validate() throws { _ = try WallTime.seconds(interval, of: "--interval") }

  func perform(_ console: Console) throws -> ExitStatus {
    let server = try ReadingServers.server(target, option: "--target")
    let session = try ReadingServers.session(server)
    let replicas = try ReadingServers.replicas(replica, of: session)
    let span = TimeSpan(seconds: try WallTime.seconds(interval, of: "--interval"))
    let record: DiagnosisRecord
    do {
      var diagnostician = Diagnostician(session, replicas: replicas)
      record = try diagnostician.diagnose(target: "\(server)", interval: span)
    } catch let error as ServerError {
      throw Failure(reading: error)
    }
    switch output.format {
    case .text:
      let text = DiagnosisText(record) { console.styled($0, .bold, on: .output) }.text
      console.result(text)
    case .json: console.result(try jsonText(record))
    }
    return record.unknown.isEmpty ? .success : .inconclusive
  }
}
