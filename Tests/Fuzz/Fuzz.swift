import Foundation
import Gates
import Measurements
import Scenarios
import Simulator

@main
enum Fuzz {
  static func main() {
    let arguments = CommandLine.arguments
    do {
      let loaded = try ScenarioFile.load(path: arguments[1], sets: Array(arguments.dropFirst(4)))
      let started = clock()
      let result = simulateTrial(
        loaded.scenario, trial: Int(arguments[3]) ?? 0, seed: 7, exact: arguments[2] == "exact")
      let cpu = Double(clock() - started) / 1e6
      for value in result.values { print(value.metric, value.value ?? .nan, value.samples) }
      print(
        "hash", result.traceHash, "events", result.events, "cpu", cpu, "censored", result.censored)
      print("violations", result.violations)
      print("gates", result.gateValues)
    } catch {
      print(ScenarioFile.render(error.problems))
    }
  }
}
