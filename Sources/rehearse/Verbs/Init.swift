import ArgumentParser
import Foundation
import LiveDriver
import Scenarios

struct Init: Verb {
  static let configuration = CommandConfiguration(
    abstract: "Write a commented scenario to start from.")

  @Argument(help: "The file to write; it must not exist yet.", completion: .file())
  var file = "scenario.yaml"

  @Option(
    help: ArgumentHelp(
      "Read a server's catalogs and a sample of the table; nothing is written there.",
      valueName: "dsn"))
  var fromDatabase: String?

  @Option(help: ArgumentHelp("The table to read, with --from-database.", valueName: "name"))
  var table: String?

  func validate() throws {
    guard (fromDatabase == nil) == (table == nil) else {
      throw ValidationError("--from-database and --table belong together")
    }
  }

  func perform(_ console: Console) throws -> ExitStatus {
    if FileManager.default.fileExists(atPath: file) {
      throw Failure(
        .outputNotWritable, "\(file) exists already", help: "name another file: rehearse init FILE")
    }
    var text = StarterScenario.text()
    if let fromDatabase, let table { text = try read(table, fromDatabase) }
    try Writing.write(text, to: file)
    console.result("Wrote \(file). Next: rehearse plan \(file)")
    return .success
  }

  private func read(_ table: String, _ dsn: String) throws -> String {
    do {
      let session = try ReadingServers.session(
        try ReadingServers.server(dsn, option: "--from-database"))
      var surveyor = try Surveyor(session, table: table)
      return surveyor.survey().scenario
    } catch let error as TableSurvey.NotThere {
      throw Failure(
        .noSuchInput, "there is no table \(error.name) on that server",
        help: "give its schema too, such as --table public.orders")
    } catch let error as ServerError {
      throw Failure(reading: error)
    }
  }
}
