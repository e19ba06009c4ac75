/// One reading of a scenario: text, tree, variant and sets, presets, schema, typed scenario.
struct ScenarioReading {
  private let source: SourceText
  private var sets: [String]
  /// The path of the calibration given on the command line.
  private let calibration: String?
  /// The last one that was read: trees that differ in a few values share it.
  private var layer: CalibrationLayer?
  private let ignored: IgnoreComments
  private var problems = ProblemList()

  init(text: String, path: String, sets: [String], calibration: String? = nil) {
    source = SourceText(name: path, text: text)
    self.sets = sets
    self.calibration = calibration
    let isTooLarge = text.utf8.count > TextGuard.largestFile
    ignored = IgnoreComments(isTooLarge ? SourceText(name: path, text: "") : source)
    problems.append(contentsOf: ignored.problems)
  }

  var text: String { source.text }

  mutating func load(variant: String?) throws(ScenarioFailure) -> LoadedScenario {
    if source.text.utf8.count > TextGuard.largestFile {
      problems.append(TextGuard.tooLarge(source.text.utf8.count))
    }
    guard !problems.hasErrors, let root = readRoot() else { throw failure() }
    let variants = takeVariants(from: root)
    let base = applySets(to: withoutVariants(root))
    var chosen = base
    if let variant {
      guard let entry = variants.first(where: { $0.key == variant }) else {
        let names = variants.map(\.key)
        problems.error(
          "RH0702", at: .start, "there is no variant \"\(variant)\"",
          hint: names.isEmpty
            ? "the scenario has none" : Suggestion.hint(for: variant, among: names))
        throw failure()
      }
      chosen = applySets(to: Merge.merged(withoutVariants(root), with: entry.value))
    }
    let (scenario, checked, layer) = evaluate(chosen)
    if variant == nil { checkVariants(variants, root) }
    guard !problems.hasErrors else { throw failure() }
    return LoadedScenario(
      scenario: scenario, resolved: Resolution.values(of: checked, scenario),
      warnings: located(), variantNames: variants.map(\.key), path: source.name,
      calibration: layer.map { UsedCalibration($0, scenario) },
      tree: ScenarioTree(reading: self, root: chosen))
  }

  /// The scenario that a tree gives with further values set.
  mutating func scenario(_ root: Node, sets: [String]) throws(ScenarioFailure) -> Scenario {
    self.sets = sets
    problems = ProblemList()
    let (scenario, _, _) = evaluate(applySets(to: root))
    guard !problems.hasErrors else { throw failure() }
    return scenario
  }

  /// A failure that is found later than while reading.
  func refusal(
    _ code: String, at place: Place, _ message: String, hint: String
  ) -> ScenarioFailure {
    var copy = self
    copy.problems = ProblemList()
    copy.problems.error(code, at: place, message, hint: hint)
    return copy.failure()
  }

  private mutating func readRoot() -> Node? {
    let (node, faults) = YAMLReader.read(source)
    problems.append(contentsOf: faults)
    guard let node, !node.isNull else {
      if !problems.hasErrors {
        problems.error(
          "RH0008", at: .start, "the file is empty",
          hint: "start with: rehearse init \(source.name)")
      }
      return nil
    }
    guard node.entries != nil else {
      problems.error(
        "RH0105", at: node.place, "a scenario is a map, this is \(node.shape)",
        hint: "start with table: {name: …, rows: …, row_width: …}")
      return nil
    }
    return node
  }

  private func withoutVariants(_ root: Node) -> Node {
    Node(content: .map((root.entries ?? []).filter { $0.key != "variants" }), place: root.place)
  }

  private mutating func takeVariants(from root: Node) -> [Node.Entry] {
    guard let variants = root["variants"] else { return [] }
    var check = SchemaCheck(version: ScenarioVersion.usual)
    if let field = ScenarioSchema.root["variants"] {
      _ = check.check(variants, field.kind, "variants")
    }
    problems.append(contentsOf: check.problems.all)
    return (variants.entries ?? []).filter { entry in
      if entry.value.entries != nil { return true }
      problems.error(
        "RH0105", at: entry.value.place, "a variant is a map, this is \(entry.value.shape)",
        hint: "such as {strategy: {workers: 4}}")
      return false
    }
  }

  private mutating func applySets(to root: Node) -> Node {
    var root = root
    for (index, set) in sets.enumerated() {
      let origin = Place.Source.set(index)
      guard let equals = set.firstIndex(of: "="), let steps = Merge.steps(set[..<equals], origin)
      else {
        problems.error(
          "RH0701", at: Place(origin, line: 1, column: 1, length: set.unicodeScalars.count),
          "--set takes path=value", hint: "such as --set strategy.batch.rows=2000")
        continue
      }
      let offset = set.unicodeScalars.distance(from: set.startIndex, to: equals) + 1
      let blank = String(repeating: " ", count: offset)
      // The blanks keep the columns those of the argument.
      let text = SourceText(name: "--set", text: blank + set[set.index(after: equals)...])
      let (value, faults) = YAMLReader.read(text, origin)
      problems.append(contentsOf: faults)
      guard faults.isEmpty else { continue }
      let nothing = Node(
        content: .scalar("", .plain), place: Place(origin, line: 1, column: offset + 1))
      switch Merge.set(root, steps[...], to: value ?? nothing) {
      case .success(let changed): root = changed
      case .failure(let lost):
        problems.error(
          "RH0701", at: lost.step.place, "nothing here is named \"\(lost.step.name)\"",
          hint: Suggestion.hint(for: lost.step.name, among: lost.names))
      }
    }
    return root
  }

  /// Presets, schema and cross-checks; the scenario is meaningful only without errors.
  private mutating func evaluate(_ root: Node) -> (Scenario, Checked, CalibrationLayer?) {
    let layer = CalibrationLayer.find(
      in: root, given: calibration, scenario: source.name, known: layer, &problems)
    self.layer = layer ?? self.layer
    let filled = Presets.fill(root, calibration: layer?.tree, &problems)
    let version = serverVersion(filled)
    var check = SchemaCheck(version: version)
    let checked = check.check(filled, .section(ScenarioSchema.root), "")
    problems.append(contentsOf: check.problems.all)
    var builder = ScenarioBuilder(
      checked, fallbackName: fallbackName, folder: folder, problems: problems)
    var scenario = builder.build()
    problems = builder.problems
    scenario.draws = layer?.draws(checked)
    scenario.database.scatter = layer?.scatter(checked) ?? LatencyScatter()
    return (scenario, checked, layer)
  }

  /// The scenario's own.
  private var folder: String {
    guard let slash = source.name.lastIndex(of: "/") else { return "." }
    return String(source.name[...slash])
  }

  private var fallbackName: String {
    let file = source.name.split(separator: "/").last.map(String.init) ?? "scenario"
    let stem = file.split(separator: ".").first.map(String.init) ?? file
    return stem.isEmpty ? "scenario" : stem
  }

  private mutating func serverVersion(_ root: Node) -> Int {
    guard let node = root["database"]?["version"], let text = node.scalar, !node.isNull else {
      return ScenarioVersion.usual
    }
    let range = ScenarioVersion.built
    guard let major = ScenarioVersion.major(text) else {
      problems.error(
        "RH0604", at: node.place, "\"\(text)\" is no version of PostgreSQL",
        hint: "write \"\(ScenarioVersion.usual)\"")
      return ScenarioVersion.usual
    }
    guard range.contains(major) else {
      problems.error(
        "RH0604", at: node.place, "PostgreSQL \(major) is not modelled",
        hint: "versions \(range.lowerBound) to \(range.upperBound)")
      return ScenarioVersion.usual
    }
    return major
  }

  /// Each variant is checked as if it were chosen; what the base already has is not repeated.
  private mutating func checkVariants(_ variants: [Node.Entry], _ root: Node) {
    guard variants.count <= 100 else { return }
    for entry in variants {
      _ = evaluate(applySets(to: Merge.merged(withoutVariants(root), with: entry.value)))
    }
  }

  private func failure() -> ScenarioFailure { .invalid(located()) }

  /// Errors first, in the order of the text, with path and source line.
  private func located() -> [Problem] {
    let located = problems.all.filter { !ignored.silences($0) }.map { problem in
      var problem = problem
      switch problem.place.source {
      case .file:
        problem.path = source.name
        problem.sourceLine = source.line(problem.place.line)
      case .set(let index):
        problem.path = "--set"
        problem.sourceLine = sets.indices.contains(index) ? sets[index] : ""
      case .preset(let name):
        problem.path = "preset:\(name)"
      case .calibration(let path):
        problem.path = path
      }
      return problem
    }
    return located.enumerated().sorted { a, b in
      let left = (a.element.severity == .error ? 0 : 1, a.element.line, a.element.column, a.offset)
      let right = (b.element.severity == .error ? 0 : 1, b.element.line, b.element.column, b.offset)
      return left < right
    }.map(\.element)
  }
}
