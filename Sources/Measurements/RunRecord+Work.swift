import Gates

extension RunRecord {
  /// What the run did to which table, in words: runs of the same work can be compared.
  package var work: String {
    func setting(_ path: String) -> String? { header.scenario.first { $0.path == path }?.value }
    let engine = setting("database.engine") ?? "postgresql"
    let assigned = header.scenario.map(\.path).filter { $0.hasPrefix("backfill.set") }
      .map { String($0.dropFirst("backfill.set.".count)) }
    guard !assigned.isEmpty else { return "traffic alone, \(engine)" }
    let kind = setting("backfill.kind") ?? "update"
    let table = firstTable
    let name = setting("\(table).name") ?? ""
    let rows = setting("\(table).rows").map { ", \($0) rows" } ?? ""
    return "\(kind) of \(assigned.sorted().joined(separator: ", ")) in \(name)\(rows), \(engine)"
  }

  /// The path of the backfilled table's settings.
  private var firstTable: String {
    guard let path = header.scenario.first(where: { $0.path.hasPrefix("tables") })?.path else {
      return "table"
    }
    return path.hasSuffix(".name") ? String(path.dropLast(".name".count)) : path
  }
}

extension ComparisonRecord {
  /// Candidates of which more trials could tell whether they differ where it matters: in how long they
  /// take, or in what the application feels.
  ///
  /// Those that they are compared with are among them.
  package var open: Set<String> {
    Set(differences.filter(isOpen).flatMap { [$0.a, $0.b] })
  }

  private func isOpen(_ difference: Difference) -> Bool {
    guard ["backfill.duration", "app.latency.p99"].contains(difference.metric.name),
      difference.isPaired, !difference.found.isSignificant,
      let low = difference.found.low, let high = difference.found.high,
      let a = rows.first(where: { $0.name == difference.a })?.run.metric(difference.metric)?.value
    else { return false }
    return (high - low) / 2 > Self.indifference * abs(a)
  }

  /// A difference within this share of the value is none for anybody.
  static let indifference = 0.02
}
