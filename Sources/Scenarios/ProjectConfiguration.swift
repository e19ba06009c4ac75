/// What a project settles for all its scenarios, in `rehearse.yaml` of the working folder.
package struct ProjectConfiguration: Hashable, Sendable {
  package static let fileName = "rehearse.yaml"

  /// Databases that live runs may write to without carrying the marker.
  package var targets: [AllowedTarget] = []

  package init() {}

  /// Reads and checks the file's text.
  ///
  /// - Parameters:
  ///   - text: YAML; empty allows nothing.
  ///   - path: For messages.
  /// - Throws: `ScenarioFailure.invalid` with every problem, for exit status 78.
  package init(text: String, path: String) throws(ScenarioFailure) {
    let source = SourceText(name: path, text: text)
    let (node, faults) = YAMLReader.read(source)
    var check = SchemaCheck(version: ScenarioVersion.usual)
    check.problems.append(contentsOf: faults)
    if let node, !node.isNull {
      let root = check.check(node, .section(Self.schema), "")
      targets = root["targets"].items.map(AllowedTarget.init)
    }
    guard !check.problems.hasErrors else {
      throw .invalid(
        check.problems.all.map { problem in
          var problem = problem
          problem.path = path
          problem.sourceLine = source.line(problem.place.line)
          return problem
        })
    }
  }

  private static let schema = Section(
    doc: "What a project settles for all its scenarios.",
    fields: [
      Field(
        "targets", .list(.section(target), notEmpty: false),
        .value("[]", because: "only databases that carry the marker may be written to"),
        "Databases that live runs may write to.")
    ])

  private static let target = Section(
    doc: "A database that live runs may write to.",
    fields: [
      Field("host", .text(.free), .required, "Host name or socket folder, exactly as in the DSN."),
      Field("database", .text(.free), .required, "The database's name."),
      Field(
        "allow", .list(.word(AllowedTarget.Exception.allCases.map(\.rawValue)), notEmpty: false),
        .value("[]", because: "nothing that is refused elsewhere"),
        "What is not refused there: a superuser, other sessions, a name like production's."),
    ])
}

/// A database that a project lets live runs write to.
package struct AllowedTarget: Hashable, Sendable {
  package enum Exception: String, Hashable, Sendable, CaseIterable {
    case superuser
    case otherSessions = "other_sessions"
    case productionName = "production_name"
  }
  package var host: String
  package var database: String
  package var exceptions: [Exception]

  package init(host: String, database: String, exceptions: [Exception] = []) {
    self.host = host
    self.database = database
    self.exceptions = exceptions
  }

  init(_ checked: Checked) {
    host = checked["host"].string ?? ""
    database = checked["database"].string ?? ""
    exceptions = checked["allow"].items.compactMap { $0.string.flatMap(Exception.init) }
  }
}
