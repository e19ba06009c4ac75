import Foundation
import Gates
import Scenarios

extension RunRecord: Codable {
  enum CodingKeys: String, CodingKey {
    case schema, name, world, seed, versions, host, scenario, assurance, warnings, trials
    case complete, censored, gates, verdict, metrics, driver, course, samples, batch, calibration
    case modelVersion = "model_version"
    case traceHash = "trace_hash"
  }

  package func encode(to encoder: any Encoder) throws {
    var object = encoder.container(keyedBy: CodingKeys.self)
    try object.encode(Self.schemaName, forKey: .schema)
    try object.encode(header.name, forKey: .name)
    try object.encode(header.world, forKey: .world)
    try object.encode(header.modelVersion, forKey: .modelVersion)
    try object.encode(header.seed, forKey: .seed)
    try object.encode(header.versions, forKey: .versions)
    try object.encode(header.host, forKey: .host)
    try object.encode(header.scenario, forKey: .scenario)
    try object.encode(header.assurance, forKey: .assurance)
    try object.encode(header.warnings, forKey: .warnings)
    try object.encode(trials, forKey: .trials)
    try object.encode(complete, forKey: .complete)
    try object.encode(censored, forKey: .censored)
    try object.encode(traceHash, forKey: .traceHash)
    try object.encode(gates.map(GateEntry.init), forKey: .gates)
    try object.encode(verdict, forKey: .verdict)
    let entries = metrics.map { ($0.metric.description, MetricEntry($0)) }
    try object.encode(Dictionary(uniqueKeysWithValues: entries), forKey: .metrics)
    try object.encodeIfPresent(driver, forKey: .driver)
    try object.encodeIfPresent(course, forKey: .course)
    try object.encodeIfPresent(samples, forKey: .samples)
    try object.encodeIfPresent(batch, forKey: .batch)
    try object.encodeIfPresent(header.calibration, forKey: .calibration)
  }

  package init(from decoder: any Decoder) throws {
    let object = try decoder.container(keyedBy: CodingKeys.self)
    let schema = try object.decode(String.self, forKey: .schema)
    guard schema == Self.schemaName else {
      throw DecodingError.dataCorruptedError(
        forKey: .schema, in: object,
        debugDescription: "expected \"\(Self.schemaName)\", found \"\(schema)\"")
    }
    header = Header(
      name: try object.decode(String.self, forKey: .name),
      world: try object.decode(World.self, forKey: .world),
      modelVersion: try object.decode(Int.self, forKey: .modelVersion),
      seed: try object.decode(UInt64.self, forKey: .seed),
      versions: try object.decode([String: String].self, forKey: .versions),
      host: try object.decode(Host.self, forKey: .host),
      scenario: try object.decode([Setting].self, forKey: .scenario),
      assurance: try object.decode(Double.self, forKey: .assurance),
      warnings: try object.decode([Warning].self, forKey: .warnings),
      calibration: try object.decodeIfPresent(UsedCalibration.self, forKey: .calibration))
    trials = try object.decode(Int.self, forKey: .trials)
    complete = try object.decode(Bool.self, forKey: .complete)
    censored = try object.decode(Bool.self, forKey: .censored)
    traceHash = try object.decodeIfPresent(String.self, forKey: .traceHash)
    gates = try object.decode([GateEntry].self, forKey: .gates).map(\.result)
    verdict = try object.decode(Verdict.self, forKey: .verdict)
    metrics = try object.decode([String: MetricEntry].self, forKey: .metrics)
      .map { $0.value.metric(MetricKey(text: $0.key)) }.sorted { $0.metric < $1.metric }
    driver = try object.decodeIfPresent(DriverReport.self, forKey: .driver)
    course = try object.decodeIfPresent(RunCourse.self, forKey: .course)
    samples = try object.decodeIfPresent(TrialSamples.self, forKey: .samples)
    batch = try object.decodeIfPresent(BatchMap.self, forKey: .batch)
  }
}

/// Numbers that JSON can hold: what is infinite or no number is null.
///
/// Not called `finite`: the C library has a function of that name, which says 1.
func jsonNumber(_ value: Double?) -> Double? {
  value.flatMap { $0.isFinite ? $0 : nil }
}

/// One metric as machine output holds it.
package struct MetricEntry: Codable, Sendable {
  var unit: String
  var value, low, high: Double?
  var n: Int
  var predictedLow, predictedHigh: Double?

  enum CodingKeys: String, CodingKey {
    case unit, value, low, high, n
    case predictedLow = "predicted_low"
    case predictedHigh = "predicted_high"
  }

  package init(_ metric: RunMetric) {
    unit = metric.unit
    value = metric.value
    low = metric.low
    high = metric.high
    n = metric.n
    predictedLow = metric.predictedLow
    predictedHigh = metric.predictedHigh
  }

  /// The mean of a few values with its interval.
  package init(unit: String, _ values: [Double]) {
    let spread = Spread(values)
    let interval = spread?.meanInterval()
    self.unit = unit
    (value, low, high) = (spread?.mean, interval?.lowerBound, interval?.upperBound)
    n = values.count
  }

  func metric(_ key: MetricKey) -> RunMetric {
    RunMetric(
      metric: key, unit: unit, value: value, low: low, high: high, n: n,
      predictedLow: predictedLow, predictedHigh: predictedHigh)
  }

  package func encode(to encoder: any Encoder) throws {
    var object = encoder.container(keyedBy: CodingKeys.self)
    try object.encode(unit, forKey: .unit)
    try object.encode(jsonNumber(value), forKey: .value)
    try object.encode(jsonNumber(low), forKey: .low)
    try object.encode(jsonNumber(high), forKey: .high)
    try object.encode(n, forKey: .n)
    try object.encode(jsonNumber(predictedLow), forKey: .predictedLow)
    try object.encode(jsonNumber(predictedHigh), forKey: .predictedHigh)
  }
}

private struct GateEntry: Codable {
  var result: GateResult

  enum CodingKeys: String, CodingKey {
    case id, metric, expect, verdict, value, low, high, n, limit, margin, level
    case trialsPassed = "trials_passed"
    case largerIsWorse = "larger_is_worse"
    case firstBreach = "first_breach_s"
  }

  init(_ result: GateResult) { self.result = result }

  func encode(to encoder: any Encoder) throws {
    var object = encoder.container(keyedBy: CodingKeys.self)
    try object.encode(result.id, forKey: .id)
    try object.encode(result.metric.description, forKey: .metric)
    try object.encode(result.expectation, forKey: .expect)
    try object.encode(result.level, forKey: .level)
    try object.encode(result.verdict, forKey: .verdict)
    try object.encode(jsonNumber(result.value), forKey: .value)
    try object.encode(jsonNumber(result.low), forKey: .low)
    try object.encode(jsonNumber(result.high), forKey: .high)
    try object.encode(result.n, forKey: .n)
    try object.encode(result.trialsPassed, forKey: .trialsPassed)
    try object.encode(jsonNumber(result.limit), forKey: .limit)
    try object.encode(result.largerIsWorse, forKey: .largerIsWorse)
    try object.encode(jsonNumber(result.margin), forKey: .margin)
    try object.encode(jsonNumber(result.firstBreach), forKey: .firstBreach)
  }

  init(from decoder: any Decoder) throws {
    let object = try decoder.container(keyedBy: CodingKeys.self)
    result = GateResult(
      id: try object.decode(String.self, forKey: .id),
      metric: MetricKey(text: try object.decode(String.self, forKey: .metric)),
      expectation: try object.decode(String.self, forKey: .expect),
      level: try object.decode(GateRule.Level.self, forKey: .level),
      verdict: try object.decode(Verdict.self, forKey: .verdict),
      limit: try object.decodeIfPresent(Double.self, forKey: .limit) ?? .infinity,
      largerIsWorse: try object.decode(Bool.self, forKey: .largerIsWorse))
    result.n = try object.decode(Int.self, forKey: .n)
    result.trialsPassed = try object.decode(Int.self, forKey: .trialsPassed)
    result.value = try object.decodeIfPresent(Double.self, forKey: .value)
    result.low = try object.decodeIfPresent(Double.self, forKey: .low)
    result.high = try object.decodeIfPresent(Double.self, forKey: .high)
    result.firstBreach = try object.decodeIfPresent(Double.self, forKey: .firstBreach)
  }
}
