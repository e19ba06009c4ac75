import Foundation

/// Reads and checks a calibration file.
package enum CalibrationReading {
  /// The calibration at a path.
  ///
  /// - Throws: `ScenarioFailure`: unreadable (exit 66), or everything that is wrong with it (exit 65).
  package static func load(path: String) throws(ScenarioFailure) -> CalibrationFile {
    let text: String
    do {
      text = try String(contentsOfFile: path, encoding: .utf8)
    } catch {
      throw .unreadable(path: path, reason: "no such calibration file, or not readable")
    }
    return try read(text: text, path: path)
  }

  package static func read(text: String, path: String) throws(ScenarioFailure) -> CalibrationFile {
    var check = CalibrationCheck(text: text, path: path)
    guard let file = check.decoded() else { throw .invalid(check.problems) }
    check.check(file)
    guard check.problems.isEmpty else { throw .invalid(check.problems) }
    return file
  }
}

/// What speaks against a calibration's text.
private struct CalibrationCheck {
  let text: String
  let path: String
  private(set) var problems: [Problem] = []

  init(text: String, path: String) {
    self.text = text
    self.path = path
  }

  mutating func decoded() -> CalibrationFile? {
    struct Head: Decodable { var schema: String? }
    do {
      let data = Data(text.utf8)
      if let schema = try JSONDecoder().decode(Head.self, from: data).schema,
        schema != CalibrationFile.schemaName
      {
        say(
          "schema", "this is \(schema), not \(CalibrationFile.schemaName)",
          hint: schema.hasPrefix("rehearse.calibration/")
            ? "calibrate again with this version" : "rehearse calibrate writes one")
        return nil
      }
      return try JSONDecoder().decode(CalibrationFile.self, from: data)
    } catch let error as DecodingError {
      say(error)
    } catch {
      say("", "not a JSON document: \(error.localizedDescription)", hint: "calibrate again")
    }
    return nil
  }

  mutating func check(_ file: CalibrationFile) {
    if Database.Engine(rawValue: file.engine) == nil {
      say("engine", "\"\(file.engine)\" is no engine", hint: "such as postgresql")
    }
    if ScenarioVersion.major(file.version) == nil {
      say("version", "\"\(file.version)\" is no version of a server", hint: "such as \"15.18\"")
    }
    if file.parameters.isEmpty {
      say("parameters", "there are no parameters", hint: "calibrate again")
    }
    for name in file.parameters.keys.sorted() {
      if let parameter = file.parameters[name] { check(parameter, name) }
    }
    if let joint = file.joint { check(joint, file.parameters) }
    for (name, extent) in file.scope.sorted(by: { $0.key < $1.key }) {
      guard extent.from > 0, extent.to >= extent.from, extent.reach >= 1, extent.reach.isFinite
      else {
        say(name, "the scope of \(name) is no range with a reach of 1 or more", hint: Self.again)
        continue
      }
    }
  }

  private static let again = "take it back as it was written, or calibrate again"

  private mutating func check(_ parameter: CalibrationFile.Parameter, _ name: String) {
    guard let known = CalibratedParameter.named(name) else {
      return say(
        name, "the model has no parameter \"\(name)\"",
        hint: Suggestion.hint(for: name, among: CalibratedParameter.all.map(\.name)))
    }
    if parameter.unit != known.unit {
      return say(
        name, "\(name) is in \"\(parameter.unit)\", the model reads it in \"\(known.unit)\"",
        hint: "write \"\(known.unit)\" and the value in it")
    }
    let numbers = [parameter.low, parameter.value, parameter.high]
    guard numbers.allSatisfy({ known.range.contains($0) }) else {
      return say(
        name,
        "\(name) has to lie between \(known.spelled(known.range.lowerBound)) and "
          + "\(known.spelled(known.range.upperBound))", hint: Self.again)
    }
    if let quantiles = parameter.quantiles, !rise(quantiles) {
      say(
        name, "the quantiles of \(name) do not rise from share to share between 0 and 1",
        hint: Self.again)
    }
    if numbers != numbers.sorted() {
      say(
        name,
        "the value of \(name), \(known.spelled(parameter.value)), is not within its own "
          + "interval, \(known.spelled(parameter.low)) to \(known.spelled(parameter.high))",
        hint: Self.again)
    }
  }

  private func rise(_ quantiles: [String: Double]) -> Bool {
    let known = quantiles.compactMap { share, value in
      Double(share).map { (share: $0, value: value) }
    }.sorted { $0.share < $1.share }
    guard known.count == quantiles.count, known.allSatisfy({ 0 < $0.share && $0.share < 1 })
    else { return false }
    let values = known.map(\.value)
    return values == values.sorted() && values.allSatisfy { $0 >= 0 && $0.isFinite }
  }

  private mutating func check(
    _ joint: CalibrationFile.Joint, _ parameters: [String: CalibrationFile.Parameter]
  ) {
    if joint.draws.count < 20 {
      say("draws", "\(joint.draws.count) joint draws are too few: 20 at least", hint: Self.again)
    }
    if joint.draws.contains(where: { $0.count != joint.parameters.count }) {
      return say(
        "draws", "a joint draw has another number of values than there are parameters",
        hint: Self.again)
    }
    for (index, name) in joint.parameters.enumerated() {
      guard let parameter = parameters[name], let known = CalibratedParameter.named(name) else {
        say(
          "joint", "the joint draws name \"\(name)\", which is no parameter here", hint: Self.again)
        continue
      }
      let values = joint.draws.map { $0[index] }.sorted()
      guard let first = values.first, let last = values.last, known.range.contains(first),
        known.range.contains(last)
      else {
        say("draws", "a joint draw of \(name) is out of range", hint: Self.again)
        continue
      }
      // A value edited by hand has to be edited in its draws too.
      let middle = values[values.count / 2]
      if middle < parameter.low || middle > parameter.high {
        say(
          name,
          "the joint draws of \(name) lie around \(known.spelled(middle)), not in its "
            + "interval", hint: Self.again)
      }
    }
  }

  private mutating func say(_ error: DecodingError) {
    func place(_ context: DecodingError.Context, _ key: String? = nil) -> String {
      (context.codingPath.map(\.stringValue) + (key.map { [$0] } ?? [])).joined(separator: ".")
    }
    switch error {
    case .keyNotFound(let key, let context):
      let name = place(context, key.stringValue)
      say(
        context.codingPath.last?.stringValue ?? "", "\"\(name)\" is missing",
        hint: key.stringValue == "unit" ? "every value has its unit: \"s\" or \"1\"" : Self.again)
    case .typeMismatch(_, let context), .valueNotFound(_, let context):
      say(
        context.codingPath.last?.stringValue ?? "",
        "\"\(place(context))\" is not of the kind that belongs there", hint: Self.again)
    case .dataCorrupted(let context):
      let name = place(context)
      say(
        context.codingPath.last?.stringValue ?? "",
        name.isEmpty ? "not a JSON document" : "\"\(name)\" cannot be read", hint: Self.again)
    @unknown default: say("", "not a calibration", hint: Self.again)
    }
  }

  /// At the first line that has the key.
  private mutating func say(_ key: String, _ message: String, hint: String) {
    let source = SourceText(name: path, text: text)
    let quoted = "\"\(key)\""
    let line = key.isEmpty ? nil : source.lines.firstIndex { $0.contains(quoted) }
    let before = line.flatMap { source.lines[$0].range(of: quoted)?.lowerBound }
    let column =
      line.flatMap { line in
        before.map {
          source.lines[line].unicodeScalars.distance(
            from: source.lines[line].unicodeScalars.startIndex, to: $0) + 1
        }
      } ?? 1
    var problem = Problem(
      "RH0901",
      at: Place(.calibration(path), line: (line ?? 0) + 1, column: column, length: quoted.count),
      message, hint: hint)
    problem.path = path
    problem.sourceLine = line.map { String(source.lines[$0]) } ?? ""
    problems.append(problem)
  }
}
