import Measurements

/// The symptoms of a server for an 80-column screen: those that are there with cause and mitigation,
/// then those that are not, a line each.
package struct DiagnosisText {
  package var record: DiagnosisRecord
  /// How the name of a symptom that is there is set off.
  package var emphasis: @Sendable (String) -> String

  package init(_ record: DiagnosisRecord, emphasis: @escaping @Sendable (String) -> String = { $0 })
  {
    self.record = record
    self.emphasis = emphasis
  }

  package var text: String {
    let present = record.symptoms.filter(\.isPresent)
    let absent = record.symptoms.filter { !$0.isPresent }
    var parts = [heading] + present.map(lines)
    if !absent.isEmpty {
      var columns = Columns([.left, .left], indent: 2)
      for symptom in absent { columns.add([symptom.id.rawValue, symptom.seen]) }
      let width = 4 + (absent.map(\.id.rawValue.count).max() ?? 0)
      parts.append(
        ["NOT FOUND"]
          + columns.lines.flatMap { $0.wrappedAfterHead(to: RunText.width, head: width) })
    }
    if !record.unknown.isEmpty {
      parts.append(["NOT READ"] + record.unknown.flatMap { bullet("  ", $0) })
    }
    let count = RunText.plural(present.count, "symptom")
    let names = present.map(\.id.rawValue).joined(separator: ", ")
    let blind = record.unknown.isEmpty ? "" : " Not everything could be read."
    parts.append(
      "FOUND    \(present.isEmpty ? "no symptom." : "\(count): \(names).")\(blind)"
        .wrappedAfterHead(to: RunText.width, head: 9))
    return parts.map { $0.joined(separator: "\n") }.joined(separator: "\n\n") + "\n"
  }

  private var heading: [String] {
    "PostgreSQL \(record.serverVersion)  \(record.target)  looked at twice, \(Human.duration(record.interval)) apart"
      .wrapped(to: RunText.width, indent: "  ")
  }

  private func lines(_ symptom: DiagnosisRecord.Symptom) -> [String] {
    let name = symptom.id.rawValue
    var lines = "\(name)  \(symptom.seen)".wrappedAfterHead(
      to: RunText.width, head: name.count + 2)
    lines[0] = emphasis(name) + lines[0].dropFirst(name.count)
    lines += symptom.evidence.flatMap { bullet("    ", $0) }
    lines += "  cause  \(symptom.cause)".wrappedAfterHead(to: RunText.width, head: 9)
    for (index, step) in symptom.mitigation.enumerated() {
      let head = index == 0 ? "  do     " : "         "
      lines += (head + step).wrappedAfterHead(to: RunText.width, head: 9)
    }
    return lines
  }

  private func bullet(_ indent: String, _ text: String) -> [String] {
    text.wrapped(to: RunText.width - indent.count, indent: "  ").map { indent + $0 }
  }
}
