import Gates
import Measurements
import Primitives

/// A run against a baseline of the same scenario: which metrics are worse, and by how much.
///
/// With the same seed and model version the trials are compared pair by pair, else as two independent
/// sets (Welch). A metric is worse where the whole interval of the difference lies on the worse side,
/// and beyond the tolerance: a change that nobody would act on is none. The confidence holds for all
/// compared metrics together (Bonferroni): of a thousand unchanged runs with seeds of their own, one
/// may be blamed.
package struct BaselineCheck: Sendable {
  package struct Row: Sendable, Hashable {
    package var name: String
    package var unit: String
    package var before: Double
    package var after: Double
    package var low: Double?
    package var high: Double?
    package var isWorse: Bool

    /// The finding in words.
    package var words: String {
      func text(_ value: Double) -> String { Human.text(value, unit: unit) }
      let change =
        before != 0 && after.isFinite && before.isFinite
        ? " (\(after >= before ? "+" : "")\(Human.wholePercent((after - before) / abs(before))))"
        : ""
      return "\(name) was \(text(before)), is \(text(after))\(change)"
    }
  }

  package var baseline: String
  package var isPaired: Bool
  /// Why they are not compared pair by pair; empty where they are.
  package var reason: String
  package var rows: [Row]
  /// Values of the scenario that are not what they were, with their places in the file of now.
  package var changes: [Change]

  package struct Change: Sendable, Hashable {
    package var path: String
    /// Nil where there was, or is, no such value.
    package var before: String?
    package var after: String?
    package var line: Int
    package var column: Int

    package var words: String {
      switch (before, after) {
      case (let before?, let after?): "\(path) was \(before), is \(after)"
      case (nil, let after?): "\(path) is new: \(after)"
      case (let before?, nil): "\(path) is gone; it was \(before)"
      case (nil, nil): path
      }
    }
  }

  package var worse: [Row] { rows.filter(\.isWorse) }
  package var isRegression: Bool { !worse.isEmpty }
}

extension BaselineCheck {
  /// `tolerance` is the share of the baseline's value that a difference has to exceed.
  package init(
    _ now: RunRecord, against then: RunRecord, named baseline: String, tolerance: Double = 0.05
  ) {
    self.baseline = baseline
    let reason =
      then.header.modelVersion != now.header.modelVersion
      ? "another model version"
      : then.header.seed != now.header.seed ? "another seed" : ""
    self.reason = reason
    isPaired = reason.isEmpty
    let before = then.samples?.metrics ?? []
    let shared = before.compactMap { column in
      now.samples?[column.metric].map { (column.metric, column.values, $0) }
    }
    let gates = (then.samples?.gates ?? [:]).sorted { $0.key < $1.key }.compactMap { id, values in
      now.samples?.gates[id].map { (id, values, $0) }
    }
    // Two-sided, of which one side is the worse one; more digits than that Student's t does not have.
    let confidence = min(0.9999, 1 - 0.002 / Double(max(1, shared.count + gates.count)))
    let isPaired = isPaired
    rows = shared.compactMap { metric, before, after in
      Row(
        name: metric.description, unit: now.metric(metric)?.unit ?? "1",
        before, after, isLargerWorse: !metric.isWorstAtMinimum, isPaired: isPaired,
        confidence: confidence, tolerance: tolerance)
    }
    rows += gates.compactMap { id, before, after in
      guard let gate = now.gates.first(where: { $0.id == id }) else { return nil }
      return Row(
        name: "gate \(id)", unit: GateWords(gate: gate, run: now).unit, before, after,
        isLargerWorse: gate.largerIsWorse, isPaired: isPaired, confidence: confidence,
        tolerance: tolerance)
    }
    changes = Self.changes(now, since: then)
  }

  private static func changes(_ now: RunRecord, since then: RunRecord) -> [Change] {
    let old = Dictionary(
      then.header.scenario.map { ($0.path, $0.value) }, uniquingKeysWith: { first, _ in first })
    let new = Set(now.header.scenario.map(\.path))
    var changes = now.header.scenario.compactMap { setting -> Change? in
      guard old[setting.path] != setting.value, !setting.path.hasPrefix("run.") else { return nil }
      let place = setting.place ?? now.place(near: setting.path)
      return Change(
        path: setting.path, before: old[setting.path], after: setting.value,
        line: place?.line ?? 0, column: place?.column ?? 0)
    }
    for setting in then.header.scenario where !new.contains(setting.path) {
      let place = now.place(near: setting.path)
      changes.append(
        Change(
          path: setting.path, before: setting.value, after: nil, line: place?.line ?? 0,
          column: place?.column ?? 0))
    }
    return changes
  }

  /// For annotations: each metric that is worse, and each value that is not what it was, on its line.
  package func findings(_ run: RunPage.Input) -> [Finding] {
    guard isRegression else { return [] }
    let name = run.record.header.name
    let list = worse.prefix(3).map(\.words).joined(separator: "; ")
    let first = run.record.place(of: "gates.") ?? (line: 1, column: 1)
    var findings = [
      Finding(
        rule: "regression", level: .error,
        title: "\(name): worse than baseline \(baseline)", message: list, path: run.path,
        line: first.line, column: first.column)
    ]
    // One finding for each line: a new index is several values.
    var lines: Set<Int> = []
    for change in changes where lines.insert(change.line).inserted {
      findings.append(
        Finding(
          rule: "changed-since-baseline", level: .error,
          title: "\(name): changed since baseline \(baseline), and worse",
          message: "\(change.words). Since then \(list)", path: run.path, line: change.line,
          column: change.column))
    }
    return findings
  }

  package var text: String {
    var lines = [
      "BASELINE  \(baseline), " + (isPaired ? "trials in pairs" : "not in pairs: \(reason)")
    ]
    lines += worse.flatMap { "  WORSE   \($0.words)".wrappedAfterHead(to: RunText.width, head: 10) }
    if worse.isEmpty { lines.append("  no worse: \(rows.count) metrics and gates compared") }
    for change in isRegression ? changes.prefix(8) : [] {
      lines += "  changed \(change.words)".wrappedAfterHead(to: RunText.width, head: 10)
    }
    return lines.joined(separator: "\n") + "\n"
  }

  package var markdown: String {
    let pairing = isPaired ? "compared in pairs" : "not in pairs: \(reason)"
    guard isRegression else {
      return "No worse than baseline \(MarkdownText.code(baseline)) (\(pairing)).\n"
    }
    var table = MarkdownTable(["worse than baseline", "was", "is", "interval of the change"])
    for row in worse {
      func text(_ value: Double?) -> String { value.map { Human.text($0, unit: row.unit) } ?? "" }
      let interval = row.low == nil ? "" : "\(text(row.low)) .. \(text(row.high))"
      table.add([MarkdownText.code(row.name), text(row.before), text(row.after), interval])
    }
    let list = changes.prefix(10).map { "- \(MarkdownText.code($0.words))\n" }.joined()
    return "Baseline \(MarkdownText.code(baseline)) (\(pairing)):\n\n" + table.text
      + (list.isEmpty ? "" : "\nChanged in the scenario since then:\n\n" + list)
  }
}

extension BaselineCheck.Row {
  /// Nil where one side has no value in any trial.
  init?(
    name: String, unit: String, _ before: [Double?], _ after: [Double?], isLargerWorse: Bool,
    isPaired: Bool, confidence: Double, tolerance: Double
  ) {
    let old = before.compactMap { $0 }
    let new = after.compactMap { $0 }
    guard let then = Spread(old), let now = Spread(new) else { return nil }
    self.name = name
    self.unit = unit
    (self.before, self.after) = (then.mean, now.mean)
    isWorse = false
    guard then.mean.isFinite, now.mean.isFinite else {
      // Fewer trials that end, or more of them: an end that was lost is worse.
      isWorse = isLargerWorse && then.mean.isFinite
      return
    }
    let paired = isPaired ? PairedDifference(before, after, confidence: confidence) : nil
    let interval =
      paired.flatMap { one in one.low.flatMap { low in one.high.map { low...$0 } } }
      ?? Self.welch(then, now, confidence: confidence)
    low = interval?.lowerBound
    high = interval?.upperBound
    guard let interval else { return }
    let allowed = tolerance * abs(then.mean)
    isWorse = isLargerWorse ? interval.lowerBound > allowed : interval.upperBound < -allowed
  }

  /// The interval of the difference of two independent means; nil where one is a single value.
  ///
  /// Welch (1947), degrees of freedom by Satterthwaite, rounded down.
  private static func welch(
    _ a: Spread, _ b: Spread, confidence: Double
  ) -> ClosedRange<Double>? {
    guard a.count > 1, b.count > 1 else { return nil }
    let (x, y) = (
      a.deviation * a.deviation / Double(a.count), b.deviation * b.deviation / Double(b.count)
    )
    let difference = b.mean - a.mean
    guard x + y > 0 else { return difference...difference }
    let degrees =
      (x + y) * (x + y)
      / (x * x / Double(a.count - 1) + y * y / Double(b.count - 1))
    let t = StudentT.quantile(central: confidence, degrees: max(1, Int(degrees)))
    let half = t * (x + y).squareRoot()
    return difference - half...difference + half
  }
}

extension RunRecord {
  /// Where the nearest value around a path was written: what is gone has no place of its own.
  fileprivate func place(near path: String) -> (line: Int, column: Int)? {
    var prefix = path
    while let cut = prefix.lastIndex(where: { ".[".contains($0) }) {
      prefix = String(prefix[..<cut])
      // An empty list has itself a place.
      let itself = header.scenario.first { $0.path == prefix }?.place
      if let place = itself ?? place(of: prefix + ".") ?? place(of: prefix + "[") { return place }
    }
    return nil
  }
}
