extension Presets {
  /// The tree with every `preset` of strategy, traffic and database filled in below what is written;
  /// a calibration's `database` lies between the two.
  static func fill(_ root: Node, calibration: Node?, _ problems: inout ProblemList) -> Node {
    guard let entries = root.entries else { return root }
    var filled: [Node.Entry] = []
    for var entry in entries {
      switch entry.key {
      case "strategy":
        let native = native(root)
        entry.value = fill(entry.value, .strategy, &problems) { preset in
          preset.fits.covers(native.engine, native.kind)
        }
      case "database": entry.value = fill(entry.value, .database, under: calibration, &problems)
      case "traffic": entry.value = expand(entry.value, &problems)
      default: break
      }
      filled.append(entry)
    }
    if let calibration, root["database"] == nil {
      filled.append(.init(key: "database", keyPlace: calibration.place, value: calibration))
    }
    return Node(content: .map(filled), place: root.place)
  }

  /// The engine and the kind of work that the scenario asks for.
  private static func native(_ root: Node) -> (engine: Database.Engine, kind: String) {
    let engine = root["database"]?["engine"]?.scalar.flatMap(Database.Engine.init)
    return (engine ?? .postgresql, root["backfill"]?["kind"]?.scalar ?? "update")
  }

  /// Where the preset does not fit only its pacing is filled in; `layer` lies on the preset.
  private static func fill(
    _ node: Node, _ family: Family, under layer: Node? = nil, _ problems: inout ProblemList,
    fits: (Preset) -> Bool = { _ in true }
  ) -> Node {
    // A preset that does not exist is reported once, here.
    let preset = node["preset"].flatMap { find($0, family, &problems) }.map { preset -> Node in
      let tree = tree(preset)
      guard !fits(preset), let entries = tree.entries else { return tree }
      let pacing = entries.filter { pacingKeys.contains($0.key) }
      return Node(content: .map(pacing), place: tree.place)
    }
    let below = [preset, layer].compactMap { $0 }
    guard let first = below.first else { return node }
    let base = below.dropFirst().reduce(first) { Merge.merged($0, with: $1) }
    return Merge.merged(base, with: node, keepsStrayNulls: true)
  }

  private static func tree(_ preset: Preset) -> Node {
    let source = SourceText(name: preset.name, text: preset.text)
    let (node, faults) = YAMLReader.read(source, .preset(preset.name))
    precondition(faults.isEmpty, "preset \(preset.name): \(faults.map(\.message))")
    return node ?? Node(content: .map([]), place: .start)
  }

  private static func find(
    _ node: Node, _ family: Family, _ problems: inout ProblemList
  ) -> Preset? {
    guard let name = node.scalar, !node.isNull else { return nil }
    if let preset = named(name, in: family) { return preset }
    let names = names(of: family)
    if family == .strategy, let known = otherNames[name.lowercased()] {
      problems.error(
        "RH0601", at: node.place, "there is no \(family.rawValue) preset \"\(name)\"",
        hint: "it is called \"\(known)\"")
    } else if notBuilt[family, default: []].contains(name.lowercased()) {
      problems.error(
        "RH0602", at: node.place, "the preset \"\(name)\" is known, but not built yet",
        hint: "built: \(Suggestion.list(names))")
    } else {
      let near = Suggestion.nearest(to: name, among: names)
      problems.error(
        "RH0601", at: node.place, "there is no \(family.rawValue) preset \"\(name)\"",
        hint: near.map { "did you mean \"\($0)\"?" } ?? "see below",
        help: ["known: \(Suggestion.list(names))"])
    }
    return nil
  }

  /// A class with a preset becomes the preset's classes.
  private static func expand(_ node: Node, _ problems: inout ProblemList) -> Node {
    guard let items = node.items else { return node }
    var classes: [Node] = []
    for item in items {
      guard let name = item["preset"], name.scalar != nil else {
        classes.append(item)
        continue
      }
      guard let preset = find(name, .traffic, &problems) else { continue }
      classes += expand(item, preset, &problems)
    }
    return Node(content: .list(classes), place: node.place)
  }

  private static func expand(
    _ item: Node, _ preset: Preset, _ problems: inout ProblemList
  ) -> [Node] {
    let parts = tree(preset).items ?? []
    if parts.count > 1, let own = item.entries?.first(where: { $0.key == "statements" }) {
      problems.error(
        "RH0106", at: own.keyPlace,
        "\"statements\" does not go with the preset \(preset.name), which is several classes",
        hint: "remove statements, or write the classes out")
    }
    return parts.map { part in
      let share = share(of: part)
      let suffix = part["name"]?.scalar ?? ""
      var entries = Merge.merged(part, with: item, keepsStrayNulls: true).entries ?? []
      entries.removeAll { $0.key == "name" || ($0.key == "rate" && item["rate"] == nil) }
      let given = item["name"]
      let name = given?.scalar ?? preset.name
      let place = given?.place ?? item.place
      let full = suffix.isEmpty ? name : "\(name)-\(suffix)"
      entries.insert(
        .init(
          key: "name", keyPlace: place, value: Node(content: .scalar(full, .quoted), place: place)),
        at: 0)
      for i in entries.indices where ["rate", "clients"].contains(entries[i].key) && share < 1 {
        entries[i].value = scaled(entries[i].value, entries[i].key, by: share)
      }
      return Node(content: .map(entries), place: item.place)
    }
  }

  private static func share(of part: Node) -> Double {
    guard let text = part["rate"]?.scalar,
      case .success(let share) = Quantity.parse(text, as: .ratio)
    else { return 1 }
    return share
  }

  /// The rate times the share; a text that is no rate is left for the check to refuse.
  private static func scaled(_ node: Node, _ key: String, by share: Double) -> Node {
    guard let text = node.scalar,
      case .success(let value) = Quantity.parse(text, as: key == "rate" ? .rate : .count)
    else { return node }
    let part =
      key == "rate"
      ? Spelling.number(value * share) + "/s"
      : Spelling.number(max(1, (value * share).rounded()))
    return Node(content: .scalar(part, .quoted), place: node.place)
  }
}
