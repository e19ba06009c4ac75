import ArgumentParser
import Foundation

@main
struct Rehearse: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rehearse",
    abstract: "Rehearse a backfill before production.",
    discussion: """
      One scenario file says what the table, the backfill, the application and the server look \
      like. `simulate` predicts what the backfill does to the application and judges it by the \
      scenario's gates; `live` does it on a real PostgreSQL and measures the same. Only `live` \
      and `calibrate` write to a server; `verify`, `diagnose` and `init --from-database` read one.

      Start with:
        rehearse init scenario.yaml
        rehearse plan scenario.yaml
        rehearse simulate scenario.yaml

      Exit status: 0 passed, 1 could not complete, 2 a gate failed, 3 inconclusive, 64 usage, \
      65 invalid scenario, 66 no such input, 69 server unreachable, 70 internal error, 73 output not \
      writable, 77 refused for safety, 130/143 interrupted; 5 a live run was stopped by a throttle.
      """,
    groupedSubcommands: [
      CommandGroup(
        name: "Scenario", subcommands: [Init.self, Validate.self, Plan.self, PresetList.self]),
      CommandGroup(
        name: "Run",
        subcommands: [
          Simulate.self, Tune.self, Compare.self, Live.self, Calibrate.self, Script.self,
          Report.self, Runs.self,
        ]),
      CommandGroup(name: "Pipeline", subcommands: [ContinuousIntegration.self, Baseline.self]),
      CommandGroup(name: "Server", subcommands: [Verify.self, Diagnose.self]),
      CommandGroup(
        name: "Other", subcommands: [Explain.self, Schema.self, Doctor.self, Version.self]),
    ])

  static func main() {
    let arguments = Array(CommandLine.arguments.dropFirst())
    let status = Invocation(arguments: arguments, console: Console()).run()
    Foundation.exit(status.rawValue)
  }
}
