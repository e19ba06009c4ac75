import Measurements
import Reports
import RunHistory

extension Failure {
  init(_ problem: BaselineFolder.Problem) {
    switch problem {
    case .badName(let name):
      self.init(
        .usage, "\"\(name)\" is no name for a baseline", help: "letters, digits, dots and dashes")
    case .missing(let name, let known):
      self.init(
        .noSuchInput, "there is no baseline \"\(name)\"",
        help: known.isEmpty
          ? "rehearse baseline save FILE makes one" : "there are: \(known.joined(separator: ", "))")
    case .unreadable(let path, let reason):
      self.init(
        .invalidInput, "\(path) is not a baseline that this version can read: \(reason)",
        help: "rehearse baseline save writes it anew")
    case .notWritable(let path, let reason):
      self.init(.outputNotWritable, "cannot write \(path): \(reason)")
    }
  }
}

extension BaselineFolder {
  /// The baseline that a scenario's run is compared with: the named one, else the scenario's own
  /// where there is one.
  func baseline(
    of scenario: String, named wanted: String?
  ) throws -> (name: String, run: RunRecord)? {
    let name = wanted ?? Self.name(for: scenario)
    do {
      if wanted == nil && !exists(name) { return nil }
      let run = try load(name)
      guard run.header.name == scenario else {
        throw Failure(
          .invalidInput,
          "baseline \"\(name)\" is of scenario \"\(run.header.name)\", not of \"\(scenario)\"",
          help: "rehearse baseline save makes one for each scenario")
      }
      guard run.samples != nil else {
        throw Failure(
          .invalidInput, "baseline \"\(name)\" has no values of single trials",
          help: "rehearse baseline save writes it anew")
      }
      return (name, run)
    } catch let problem as BaselineFolder.Problem {
      throw Failure(problem)
    }
  }
}
