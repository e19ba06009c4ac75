import Gates
import Primitives

/// Several candidates side by side: the document `rehearse.comparison/1`.
///
/// It holds nothing that differs between two comparisons of the same operands, seed and build.
package struct ComparisonRecord: Sendable {
  package static let schemaName = "rehearse.comparison/1"

  /// One candidate.
  package struct Row: Sendable {
    package var name: String
    /// As it was named on the command line.
    package var operand: String
    /// What it does, in words; only rows of the same work are compared with each other.
    package var work: String
    package var run: RunRecord
    /// Its own trials where they were played for this comparison, in the order of their index.
    package var trials: [TrialResult]?
    /// A trial was left after so many events: its numbers cover the time until then.
    package var isCut: Bool

    package init(
      name: String, operand: String, work: String, run: RunRecord, trials: [TrialResult]? = nil,
      isCut: Bool = false
    ) {
      self.name = name
      self.operand = operand
      self.work = work
      self.run = run
      self.trials = trials
      self.isCut = isCut
    }

    package var isPacingOnly: Bool {
      run.header.scenario.contains { $0.path == "strategy.pacing_only" }
    }

    /// One value for each trial, in the order of their index; nil where they are not known.
    func values(of metric: MetricKey) -> [Double?]? {
      trials?.map { $0.value(of: metric)?.value } ?? run.samples?[metric]
    }

    /// Every trial reached its end: its numbers can be compared.
    package var isFinished: Bool { run.complete && !run.censored && !isCut }

    /// Trials that met every error-level gate.
    package var trialsPassed: Int {
      run.gates.filter { $0.level == .error }.map(\.trialsPassed).min() ?? run.trials
    }
  }

  /// How much `b` differs from `a` in a metric: `b − a`.
  package struct Difference: Sendable {
    package var a: String
    package var b: String
    package var metric: MetricKey
    package var unit: String
    package var found: PairedDifference
    /// The trials were paired; else the interval is that of two independent means.
    package var isPaired: Bool
  }

  /// Something that was asked for and is not compared.
  package struct Omission: Sendable, Codable {
    package var name: String
    package var reason: String
    package init(name: String, reason: String) {
      self.name = name
      self.reason = reason
    }
  }

  /// What a comparison looks at: how long, what the application feels, who waits for whom, what the
  /// replicas and the log feel.
  package static let metrics: [MetricKey] = [
    MetricKey("backfill.duration"), MetricKey("app.latency.p99"), MetricKey("app.unserved_ratio"),
    MetricKey("locks.wait_total", ["who": "app"]),
    MetricKey("locks.wait_total", ["who": "backfill"]), MetricKey("replica.lag.max"),
    MetricKey("wal.bytes"),
  ]

  package var modelVersion: Int
  package var seed: UInt64
  package var versions: [String: String]
  package var rows: [Row]
  package var differences: [Difference]
  package var leftOut: [Omission]
  /// What it means.
  package var sentence = ""

  /// Compares every row with the first one that does the same work.
  package init(
    rows: [Row], leftOut: [Omission], modelVersion: Int, seed: UInt64, versions: [String: String]
  ) {
    self.rows = rows
    self.leftOut = leftOut
    self.modelVersion = modelVersion
    self.seed = seed
    self.versions = versions
    differences = []
    for (index, row) in rows.enumerated() {
      guard let first = rows.prefix(index).first(where: { $0.work == row.work }) else { continue }
      for metric in Self.metrics {
        if let difference = Self.difference(metric, first, row) { differences.append(difference) }
      }
    }
  }

  /// How many times wider the intervals would be without pairing: the median over all that are paired;
  /// nil where none is.
  package var narrowing: Double? { narrowings.isEmpty ? nil : narrowings[narrowings.count / 2] }

  /// The same of each paired difference, ascending.
  package var narrowings: [Double] {
    differences.filter(\.isPaired).compactMap(\.found.narrowing).sorted()
  }

  private static func difference(_ metric: MetricKey, _ a: Row, _ b: Row) -> Difference? {
    // A ratio or a difference to what was cut short says nothing.
    guard !a.isCut, !b.isCut, a.run.complete, b.run.complete else { return nil }
    let unit = (a.run.metric(metric) ?? b.run.metric(metric))?.unit ?? "1"
    func found(_ difference: PairedDifference, isPaired: Bool) -> Difference {
      Difference(
        a: a.name, b: b.name, metric: metric.resolved, unit: unit, found: difference,
        isPaired: isPaired)
    }
    if let x = a.values(of: metric), let y = b.values(of: metric),
      a.run.header.seed == b.run.header.seed,
      a.run.header.modelVersion == b.run.header.modelVersion
    {
      return PairedDifference(x, y).map { found($0, isPaired: true) }
    }
    return PairedDifference(a.run.metric(metric), b.run.metric(metric))
      .map { found($0, isPaired: false) }
  }
}

extension PairedDifference {
  /// Of two means whose trials are not known: their intervals add as independent errors do.
  init?(_ a: RunMetric?, _ b: RunMetric?) {
    guard let a, let b, let x = a.value, let y = b.value else { return nil }
    self.init([x], [y])
    guard let aLow = a.low, let aHigh = a.high, let bLow = b.low, let bHigh = b.high,
      value.isFinite
    else { return }
    let (ofA, ofB) = ((aHigh - aLow) / 2, (bHigh - bLow) / 2)
    let half = (ofA * ofA + ofB * ofB).squareRoot()
    (low, high) = (value - half, value + half)
    n = min(a.n, b.n)
  }
}

extension ComparisonRecord: Encodable {
  private enum CodingKeys: String, CodingKey {
    case schema, seed, versions, rows, differences, narrowing, sentence
    case modelVersion = "model_version"
    case leftOut = "left_out"
  }

  package func encode(to encoder: any Encoder) throws {
    var object = encoder.container(keyedBy: CodingKeys.self)
    try object.encode(Self.schemaName, forKey: .schema)
    try object.encode(modelVersion, forKey: .modelVersion)
    try object.encode(seed, forKey: .seed)
    try object.encode(versions, forKey: .versions)
    try object.encode(rows, forKey: .rows)
    try object.encode(differences, forKey: .differences)
    try object.encode(jsonNumber(narrowing), forKey: .narrowing)
    try object.encode(leftOut, forKey: .leftOut)
    try object.encode(sentence, forKey: .sentence)
  }
}

extension ComparisonRecord.Row: Encodable {
  private enum CodingKeys: String, CodingKey {
    case name, operand, work, verdict, trials, complete, censored, metrics
    case trialsPassed = "trials_passed"
    case isPacingOnly = "pacing_only"
    case isCut = "cut"
  }

  package func encode(to encoder: any Encoder) throws {
    var object = encoder.container(keyedBy: CodingKeys.self)
    try object.encode(name, forKey: .name)
    try object.encode(operand, forKey: .operand)
    try object.encode(work, forKey: .work)
    try object.encode(run.verdict, forKey: .verdict)
    try object.encode(run.trials, forKey: .trials)
    try object.encode(trialsPassed, forKey: .trialsPassed)
    try object.encode(run.complete, forKey: .complete)
    try object.encode(run.censored, forKey: .censored)
    try object.encode(isCut, forKey: .isCut)
    try object.encode(isPacingOnly, forKey: .isPacingOnly)
    let entries = run.metrics.map { ($0.metric.description, MetricEntry($0)) }
    try object.encode(Dictionary(uniqueKeysWithValues: entries), forKey: .metrics)
  }
}

extension ComparisonRecord.Difference: Encodable {
  private enum CodingKeys: String, CodingKey {
    case a, b, metric, unit, value, low, high, n, paired
    case unpairedLow = "unpaired_low"
    case unpairedHigh = "unpaired_high"
  }

  package func encode(to encoder: any Encoder) throws {
    var object = encoder.container(keyedBy: CodingKeys.self)
    try object.encode(a, forKey: .a)
    try object.encode(b, forKey: .b)
    try object.encode(metric.description, forKey: .metric)
    try object.encode(unit, forKey: .unit)
    try object.encode(jsonNumber(found.value), forKey: .value)
    try object.encode(jsonNumber(found.low), forKey: .low)
    try object.encode(jsonNumber(found.high), forKey: .high)
    try object.encode(found.n, forKey: .n)
    try object.encode(isPaired, forKey: .paired)
    try object.encode(jsonNumber(found.unpaired?.lowerBound), forKey: .unpairedLow)
    try object.encode(jsonNumber(found.unpaired?.upperBound), forKey: .unpairedHigh)
  }
}
