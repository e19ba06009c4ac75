import ArgumentParser
import Reports
import Scenarios

struct Schema: Verb {
  static let configuration = CommandConfiguration(
    abstract: "Print the JSON Schema of a file that is read or written.")

  @Argument(
    help: ArgumentHelp(
      "scenario, calibration, run, runs, comparison, tune, verify, diagnosis or error.",
      valueName: "name"))
  var name: String

  func perform(_ console: Console) throws -> ExitStatus {
    switch name {
    case "scenario": console.result(JSONSchema.scenario())
    case "run": console.result(RunSchema.run)
    case "runs": console.result(RunSchema.runs)
    case "comparison": console.result(ComparisonSchema.text)
    case "tune": console.result(TuneSchema.tune)
    case "verify": console.result(InspectionSchema.verify)
    case "diagnosis": console.result(InspectionSchema.diagnosis)
    case "error": console.result(RunSchema.error)
    case "calibration": console.result(CalibrationSchema.text)
    default:
      throw Failure(
        .usage, "there is no schema \"\(name)\"",
        help:
          "known: scenario, calibration, run, runs, comparison, tune, verify, diagnosis, error")
    }
    return .success
  }
}
