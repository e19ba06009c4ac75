import ArgumentParser
import Foundation
import Scenarios

struct Init: Verb {
  static let configuration = CommandConfiguration(
    abstract: "Write a commented scenario to start from.")

  @Argument(help: "The file to write; it must not exist yet.", completion: .file())
  var file = "scenario.yaml"

  @Option(help: ArgumentHelp("Read a server's catalogs; not built yet.", valueName: "dsn"))
  var fromDatabase: String?

  @Option(help: ArgumentHelp("The table to read; not built yet.", valueName: "name"))
  var table: String?

  func perform(_ console: Console) throws -> ExitStatus {
    if fromDatabase != nil || table != nil {
      throw Failure.notBuilt(
        "init --from-database", help: "write the table's numbers by hand: rehearse init \(file)")
    }
    if FileManager.default.fileExists(atPath: file) {
      throw Failure(
        .outputNotWritable, "\(file) exists already", help: "name another file: rehearse init FILE")
    }
    try Writing.write(StarterScenario.text(), to: file)
    console.result("Wrote \(file). Next: rehearse plan \(file)")
    return .success
  }
}
