/// Variants, `--set` and presets, merged before anything is checked.
enum Merge {
  /// Maps that are one value: writing one replaces the other whole.
  ///
  /// Their first keys decide which alternative it is; setting one of those by path also starts from
  /// nothing.
  private static let alternatives: [String: [String]] = [
    "batch": ["rows", "target_time", "target_bytes"],
    "pause": ["ratio"],
    "arrivals": ["gamma"],
    "keys": ["distribution"],
    "burst": [],
  ]

  /// The key is one of those that decide which alternative a map is.
  static func chooses(_ key: String, of map: String) -> Bool {
    alternatives[map]?.contains(key) ?? false
  }

  /// `over` laid on `base`: maps merge, lists and alternatives replace, null removes.
  ///
  /// With `keepsStrayNulls` a null that removes nothing stays, for the check to refuse.
  static func merged(_ base: Node, with over: Node, keepsStrayNulls: Bool = false) -> Node {
    guard let old = base.entries, let new = over.entries else {
      return keepsStrayNulls ? over : withoutNulls(over)
    }
    var result = old
    for entry in new {
      let index = result.firstIndex { $0.key == entry.key }
      if entry.value.removes, let index {
        result.remove(at: index)
      } else if let index, alternatives[entry.key] == nil {
        result[index].value = merged(
          result[index].value, with: entry.value, keepsStrayNulls: keepsStrayNulls)
        result[index].keyPlace = entry.keyPlace
      } else if !entry.value.removes || keepsStrayNulls {
        var entry = entry
        if !keepsStrayNulls { entry.value = withoutNulls(entry.value) }
        result.removeAll { $0.key == entry.key }
        result.append(entry)
      }
    }
    return Node(content: .map(result), place: base.place)
  }

  private static func withoutNulls(_ node: Node) -> Node {
    guard let entries = node.entries else { return node }
    let kept = entries.filter { !$0.value.removes }.map {
      Node.Entry(key: $0.key, keyPlace: $0.keyPlace, value: withoutNulls($0.value))
    }
    return Node(content: .map(kept), place: node.place)
  }

  /// One step of a `--set` path with its place in the argument.
  struct Step {
    var name: String
    var place: Place
  }

  /// `node` with the value at the path replaced; nil with the step that leads nowhere.
  static func set(_ node: Node, _ path: ArraySlice<Step>, to value: Node) -> Result<Node, LostStep>
  {
    guard let step = path.first else { return .success(merged(node, with: value)) }
    if let items = node.items { return setItem(items, node, path, to: value) }
    var entries = node.entries ?? []
    let rest = path.dropFirst()
    let index = entries.firstIndex { $0.key == step.name }
    if rest.isEmpty, value.removes {
      if let index { entries.remove(at: index) }
      return .success(Node(content: .map(entries), place: node.place))
    }
    let replaces = alternatives[step.name].map { first in
      rest.isEmpty || first.contains(rest.first?.name ?? "")
    }
    let empty = Node(content: .map([]), place: step.place)
    let old = replaces == true ? empty : index.map { entries[$0].value } ?? empty
    let new: Node
    switch rest.isEmpty && value.entries == nil ? .success(value) : set(old, rest, to: value) {
    case .success(let node): new = node
    case .failure(let lost): return .failure(lost)
    }
    if let index {
      entries[index].value = new
    } else {
      entries.append(.init(key: step.name, keyPlace: step.place, value: new))
    }
    return .success(Node(content: .map(entries), place: node.place))
  }

  struct LostStep: Error {
    var step: Step
    var names: [String]
  }

  /// An item of a list by its name, id or index.
  private static func setItem(
    _ items: [Node], _ node: Node, _ path: ArraySlice<Step>, to value: Node
  ) -> Result<Node, LostStep> {
    let names = items.map { $0["name"]?.scalar ?? $0["id"]?.scalar ?? $0["preset"]?.scalar ?? "" }
    // A name may itself contain dots.
    for count in 1...path.count {
      let steps = path.prefix(count)
      let name = steps.map(\.name).joined(separator: ".")
      guard
        let index = names.firstIndex(of: name)
          ?? Int(name).flatMap({ items.indices.contains($0) ? $0 : nil })
      else { continue }
      return set(items[index], path.dropFirst(count), to: value).map { item in
        var items = items
        items[index] = item
        return Node(content: .list(items), place: node.place)
      }
    }
    let step = path[path.startIndex]
    return .failure(LostStep(step: step, names: names.filter { !$0.isEmpty }))
  }

  /// `a.b[2].c` as steps; nil if it is not a path.
  static func steps(_ path: Substring, _ source: Place.Source) -> [Step]? {
    var steps: [Step] = []
    var current = ""
    var start = 1
    var column = 0
    func finished() -> Step {
      Step(name: current, place: Place(source, line: 1, column: start, length: current.count))
    }
    for character in path {
      column += 1
      switch character {
      case ".", "[":
        if !current.isEmpty { steps.append(finished()) } else if steps.isEmpty { return nil }
        current = ""
        start = column + 1
      case "]":
        guard Int(current) != nil else { return nil }
        steps.append(finished())
        current = ""
      case " ": return nil
      default:
        if current.isEmpty { start = column }
        current.append(character)
      }
    }
    if !current.isEmpty { steps.append(finished()) }
    return steps.isEmpty || path.last == "." ? nil : steps
  }
}
