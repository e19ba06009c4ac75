import Gates

extension ScenarioBuilder {
  /// Nil where the scenario has no `tune` section, or a wrong one.
  mutating func buildTune() -> TuneSettings? {
    let section = root["tune"]
    guard section.isUsable else { return nil }
    var axes: [TuneAxis] = []
    for member in section["space"].members {
      if let axis = axis(member) { axes.append(axis) }
    }
    refuseBoth(section["space"].members)
    refuseCrowd(axes, at: section["space"].place)
    let objective = section["objective"].string.flatMap(TuneSettings.Objective.init)
    return TuneSettings(objective: objective ?? .minDuration, axes: axes)
  }

  private mutating func axis(_ member: Checked.Member) -> TuneAxis? {
    guard let kind = tunableKind(member) else { return nil }
    if member.value.node?.items != nil { return list(member, kind) }
    return member.value.isUsable ? range(member, kind) : nil
  }

  /// What may stand at a path of the strategy, if it is one.
  private mutating func tunableKind(_ member: Checked.Member) -> Kind? {
    let steps = Merge.steps(member.key[...], .file)?.map(\.name) ?? []
    let known = Kind.section(ScenarioSchema.root).at(steps[...])
    let inStrategy = steps.first == "strategy" && steps != ["strategy", "preset"]
    if let known, inStrategy, known.holdsScalar, !isMissingRule(steps) { return known }
    let names = Self.tunablePaths
    let message: String
    var hint = Suggestion.nearest(to: member.key, among: names).map { "did you mean \"\($0)\"?" }
    if known == nil {
      message = "nothing in a scenario is named \"\(member.key)\""
    } else if steps == ["strategy", "preset"] {
      (message, hint) = ("a preset is not a value to tune", "rehearse compare --presets all")
    } else if !inStrategy {
      message = "\"\(member.key)\" is no part of the strategy: tune varies nothing else"
      hint = hint ?? "choose a path of strategy"
    } else {
      message = "\"\(member.key)\" is not a single value"
      hint = names.first { $0.hasPrefix(member.key + ".") }.map { "such as \($0)" } ?? hint
    }
    problems.error(
      "RH0801", at: member.keyPlace, message, hint: hint ?? "see below",
      help: ["tunable: \(Suggestion.list(names))"])
    return nil
  }

  static let tunablePaths = Kind.section(ScenarioSchema.strategy).scalarPaths("strategy")
    .filter { $0 != "strategy.preset" }

  /// A throttle rule by its index, where there are not so many.
  private func isMissingRule(_ steps: [String]) -> Bool {
    guard steps.count > 2, steps[1] == "throttle" else { return false }
    return !root["strategy"]["throttle"].items.indices.contains(Int(steps[2]) ?? -1)
  }

  private mutating func list(_ member: Checked.Member, _ kind: Kind) -> TuneAxis? {
    var texts: [String] = []
    for item in member.value.items {
      guard let node = item.node, check(node, kind, member.key).isUsable, let text = node.scalar
      else { return nil }
      if !texts.contains(text) { texts.append(text) }
    }
    return TuneAxis(path: member.key, values: .list(texts))
  }

  private mutating func range(_ member: Checked.Member, _ kind: Kind) -> TuneAxis? {
    guard let (kind, dimension) = kind.numeric else {
      problems.error(
        "RH0802", at: member.value.place, "\"\(member.key)\" is not a number: it has no range",
        hint: "write a list of \(kind.summary)")
      return nil
    }
    let section = member.value
    guard let from = section["from"].node, let to = section["to"].node,
      let low = check(from, kind, member.key).number, let high = check(to, kind, member.key).number
    else { return nil }
    let scale = section["scale"].string.flatMap(TuneRange.Scale.init) ?? .linear
    if low >= high {
      problems.error(
        "RH0803", at: from.place,
        "the range from \(section["from"].text) to \(section["to"].text) is empty",
        hint: low > high ? "swap from and to" : "a single value is a list: [\(section["to"].text)]")
      return nil
    }
    if scale == .log, low <= 0 {
      problems.error(
        "RH0803", at: from.place, "a logarithmic range cannot begin at \(section["from"].text)",
        hint: "begin above 0, or write scale: linear")
      return nil
    }
    return TuneAxis(
      path: member.key,
      values: .range(
        TuneRange(
          low: low, high: high, scale: scale, dimension: dimension,
          steps: section["steps"].integer ?? 5)))
  }

  /// Two paths of which one replaces what the other sets.
  private mutating func refuseBoth(_ members: [Checked.Member]) {
    let rivals: [(String, [String])] = [
      ("strategy.batch.rows", ["strategy.batch.target_time"]),
      ("strategy.pause", ["strategy.pause.ratio"]),
    ]
    for (path, others) in rivals where members.contains(where: { $0.key == path }) {
      for other in members where others.contains(other.key) {
        problems.error(
          "RH0204", at: other.keyPlace, "\"\(other.key)\" replaces what \"\(path)\" sets",
          hint: "vary one of the two")
      }
    }
  }

  private static let mostCombinations = 1_000

  private mutating func refuseCrowd(_ axes: [TuneAxis], at place: Place) {
    // The batch is searched, not listed.
    let listed = axes.filter { $0.path != "strategy.batch.rows" || $0.range == nil }
    let count = listed.reduce(1.0) { $0 * Double(max(1, $1.texts.count)) }
    guard count > Double(Self.mostCombinations) else { return }
    problems.error(
      "RH0804", at: place,
      "the space has \(Spelling.number(count)) combinations beside the batch",
      hint: "at most \(Self.mostCombinations): list fewer values, or fewer paths")
  }
}

extension Kind {
  /// What may stand at a path below this; nil where it leads nowhere.
  func at(_ path: ArraySlice<String>) -> Kind? {
    guard let step = path.first else { return self }
    switch self {
    case .section(let section): return section[step]?.kind.at(path.dropFirst())
    case .list(let item, _): return Int(step) == nil ? nil : item.at(path.dropFirst())
    case .dictionary(_, let value, _): return value.at(path.dropFirst())
    case .either(let kinds): return kinds.compactMap { $0.at(path) }.first
    default: return nil
    }
  }

  /// A single value may stand here.
  var holdsScalar: Bool {
    switch self {
    case .section, .dictionary, .list, .anything: false
    case .either(let kinds): kinds.contains(where: \.holdsScalar)
    default: true
    }
  }

  /// The number that may stand here, and what it measures.
  var numeric: (kind: Kind, dimension: Dimension)? {
    switch self {
    case .count: (self, .count)
    case .number: (self, .number)
    case .quantity(let dimension, _): (self, dimension)
    case .either(let kinds): kinds.lazy.compactMap(\.numeric).first
    default: nil
    }
  }

  /// The paths below this at which single values stand, lists and free keys left out.
  func scalarPaths(_ path: String) -> [String] {
    switch self {
    case .section(let section):
      section.fields.flatMap { $0.kind.scalarPaths(SchemaCheck.join(path, $0.key)) }
    case .either(let kinds):
      (kinds.contains { $0.holdsScalar } ? [path] : [])
        + kinds.filter { !$0.holdsScalar }.flatMap { $0.scalarPaths(path) }
    case .dictionary, .list, .anything: []
    default: [path]
    }
  }
}
