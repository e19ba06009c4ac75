/// A calibration between the defaults and what a scenario writes.
struct CalibrationLayer: Sendable {
  var file: CalibrationFile
  var path: String

  /// The calibration that a scenario is to take, if any; `given` wins over `database.calibration`, and
  /// `known` is not read again.
  ///
  /// A path in a scenario is relative to the scenario's folder, one on the command line to the
  /// working folder.
  static func find(
    in root: Node, given: String?, scenario: String, known: CalibrationLayer? = nil,
    _ problems: inout ProblemList
  ) -> CalibrationLayer? {
    let written = root["database"]?["calibration"].flatMap { $0.isNull ? nil : $0 }
    guard let path = given ?? written.flatMap({ resolved($0, scenario) }) else { return nil }
    do {
      let layer =
        known?.path == path
        ? known : CalibrationLayer(file: try CalibrationReading.load(path: path), path: path)
      layer?.check(
        root, at: written?.place ?? Place(.calibration(path), line: 1, column: 1), &problems)
      return layer
    } catch {
      switch error {
      case .invalid(let found): problems.append(contentsOf: found)
      case .unreadable(let path, let reason):
        problems.error(
          "RH0901", at: written?.place ?? Place(.calibration(path), line: 1, column: 1),
          "\(path): \(reason)",
          hint: "rehearse calibrate writes one")
      }
      return nil
    }
  }

  private static func resolved(_ node: Node, _ scenario: String) -> String? {
    guard let text = node.scalar, !text.isEmpty else { return nil }
    guard !text.hasPrefix("/"), case .file = node.place.source,
      let slash = scenario.lastIndex(of: "/")
    else { return text }
    return scenario[...slash] + text
  }

  /// Another engine's or version's costs would be wrong without looking so.
  private func check(_ root: Node, at place: Place, _ problems: inout ProblemList) {
    let engine = root["database"]?["engine"]?.scalar ?? Database.Engine.postgresql.rawValue
    if engine != file.engine {
      problems.error(
        "RH0902", at: place,
        "\(path) is a calibration of \(file.engine), the scenario's engine is "
          + engine, hint: "calibrate that engine")
    }
    guard let text = root["database"]?["version"]?.scalar,
      let wanted = ScenarioVersion.major(text), let own = ScenarioVersion.major(file.version),
      wanted != own
    else { return }
    problems.error(
      "RH0902", at: place,
      "\(path) is a calibration of version \(own), the scenario's server has version \(wanted)",
      hint: "calibrate that version, or remove database.version")
  }

  /// As a scenario's `database` would write it.
  var tree: Node {
    let place = Place(.calibration(path), line: 1, column: 1)
    func entry(_ key: String, _ value: Node) -> Node.Entry {
      .init(key: key, keyPlace: place, value: value)
    }
    func scalar(_ text: String) -> Node { Node(content: .scalar(text, .quoted), place: place) }
    var entries: [Node.Entry] = []
    var sections: [String: [Node.Entry]] = [:]
    for known in CalibratedParameter.all {
      guard let parameter = file.parameters[known.name] else { continue }
      let parts = known.name.split(separator: ".").map(String.init)
      let leaf = entry(parts[parts.count - 1], scalar(known.spelled(parameter.value)))
      if parts.count == 1 {
        entries.append(leaf)
      } else {
        sections[parts[0], default: []].append(leaf)
      }
    }
    for (key, leaves) in sections.sorted(by: { $0.key < $1.key }) {
      entries.append(entry(key, Node(content: .map(leaves), place: place)))
    }
    if let major = ScenarioVersion.major(file.version) {
      entries.append(entry("version", scalar("\(major)")))
    }
    return Node(content: .map(entries), place: place)
  }

  /// The joint draws of those parameters that the scenario has left to the calibration.
  func draws(_ checked: Checked) -> ParameterDraws? {
    guard let joint = file.joint else { return nil }
    var columns: [(index: Int, parameter: CalibratedParameter)] = []
    for (index, name) in joint.parameters.enumerated() where isUsed(name, checked) {
      guard let parameter = CalibratedParameter.named(name) else { continue }
      columns.append((index, parameter))
    }
    guard !columns.isEmpty else { return nil }
    return ParameterDraws(
      parameters: columns.map(\.parameter),
      vectors: joint.draws.map { draw in columns.map { draw[$0.index] } })
  }

  /// How single measurements of those latencies differed that the scenario has left to the calibration.
  func scatter(_ checked: Checked) -> LatencyScatter {
    func quantiles(_ name: String) -> Quantiles? {
      isUsed(name, checked) ? Quantiles(file.parameters[name]?.quantiles ?? [:]) : nil
    }
    return LatencyScatter(
      roundTrip: quantiles("rtt"), cold: quantiles("costs.cold"),
      read: quantiles("storage.read_latency"),
      write: quantiles("storage.write_latency"))
  }

  private func isUsed(_ name: String, _ checked: Checked) -> Bool {
    let value = name.split(separator: ".").reduce(checked["database"]) { $0[String($1)] }
    if case .calibration = value.origin { return true }
    return false
  }
}
