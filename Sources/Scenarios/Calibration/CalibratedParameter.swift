import Primitives

/// A number of the model that a calibration can hold, by its path below `database`.
package struct CalibratedParameter: Sendable, Hashable {
  /// Such as `costs.update_row`.
  package let name: String
  let dimension: Dimension
  /// In the base unit: seconds, or a share.
  package let range: ClosedRange<Double>
  private let kind: Kind

  private enum Kind: Sendable, Hashable {
    case roundTrip, readLatency, writeLatency, busyWriteLatency, restTime, dirtyExpire
    case pageTransfer
    case cost(String)
    case share(String)
  }

  package static var all: [CalibratedParameter] {
    let times: [(name: String, least: Double, kind: Kind)] =
      [
        ("rtt", 0, .roundTrip), ("storage.read_latency", 1e-9, .readLatency),
        ("storage.write_latency", 1e-9, .writeLatency),
        ("storage.busy_write_latency", 1e-9, .busyWriteLatency),
        ("storage.rest_time", 1e-9, .restTime),
        ("storage.page_transfer", 1e-9, .pageTransfer),
        ("storage.dirty_expire", 1e-3, .dirtyExpire),
      ] + CostTable.entries.map { ("costs.\($0.key)", $0.least, .cost($0.key)) }
    return times.map {
      CalibratedParameter(
        name: $0.name, dimension: .time,
        range: $0.least...($0.kind == .dirtyExpire ? 3_600 : 10), kind: $0.kind)
    }
      + CostTable.shares.map {
        CalibratedParameter(
          name: "costs.\($0.key)", dimension: .ratio, range: 0...1, kind: .share($0.key))
      }
  }

  package static func named(_ name: String) -> CalibratedParameter? {
    all.first { $0.name == name }
  }

  package var unit: String { dimension == .time ? "s" : "1" }

  /// Of an uncalibrated server; nil where it depends on what kind of server it is.
  package var usual: Double? {
    switch kind {
    case .cost(let key): CostTable.entries.first { $0.key == key }?.value.seconds
    case .share(let key): CostTable.shares.first { $0.key == key }?.value
    case .roundTrip, .readLatency, .writeLatency, .busyWriteLatency, .restTime, .dirtyExpire,
      .pageTransfer:
      nil
    }
  }

  /// As a scenario would write it.
  func spelled(_ value: Double) -> String { Spelling.of(value, dimension) }

  package func value(in database: Database) -> Double {
    switch kind {
    case .roundTrip: database.roundTrip.seconds
    case .readLatency: database.storage.readLatency.seconds
    case .writeLatency: database.storage.writeLatency.seconds
    case .busyWriteLatency:
      (database.storage.busyWriteLatency ?? database.storage.writeLatency).seconds
    case .restTime: database.storage.restTime?.seconds ?? 0
    case .dirtyExpire: database.storage.dirtyExpire?.seconds ?? 0
    case .pageTransfer: database.storage.pageTransfer?.seconds ?? 0
    case .cost(let key):
      CostTable.entries.first { $0.key == key }.map { database.costs[keyPath: $0.path].seconds }
        ?? 0
    case .share(let key):
      CostTable.shares.first { $0.key == key }.map { database.costs[keyPath: $0.path] } ?? 0
    }
  }

  /// Times are whole nanoseconds.
  package func set(_ value: Double, in database: inout Database) {
    let span = TimeSpan(seconds: value)
    switch kind {
    case .roundTrip: database.roundTrip = span
    case .readLatency: setStorage(span, \.readLatency, in: &database)
    case .writeLatency: setStorage(span, \.writeLatency, in: &database)
    case .busyWriteLatency: setStorage(span, \.busyWriteLatency, in: &database)
    case .restTime: setStorage(span, \.restTime, in: &database)
    case .dirtyExpire: setStorage(span, \.dirtyExpire, in: &database)
    case .pageTransfer: setStorage(span, \.pageTransfer, in: &database)
    case .cost(let key):
      guard let path = CostTable.entries.first(where: { $0.key == key })?.path else { return }
      database.costs[keyPath: path] = span
    case .share(let key):
      guard let path = CostTable.shares.first(where: { $0.key == key })?.path else { return }
      database.costs[keyPath: path] = value
    }
  }

  /// Also of replicas that have the primary's storage.
  private func setStorage<Value>(
    _ span: Value, _ path: WritableKeyPath<Storage, Value>, in database: inout Database
  ) {
    let primary = database.storage
    database.storage[keyPath: path] = span
    for index in database.replicas.indices where database.replicas[index].storage == primary {
      database.replicas[index].storage[keyPath: path] = span
    }
  }
}

/// Vectors of parameters that a calibration found to belong together; a trial takes one of them.
///
/// Never independent marginals: a row that costs less often goes with a statement that costs more, and
/// together they are surer than each alone.
package struct ParameterDraws: Sendable, Hashable {
  package var parameters: [CalibratedParameter]
  package var vectors: [[Double]]

  package init(parameters: [CalibratedParameter], vectors: [[Double]]) {
    self.parameters = parameters
    self.vectors = vectors
  }

  /// Sets the trial's vector: the same for every candidate with that seed and trial.
  package func apply(seed: UInt64, trial: Int, to database: inout Database) {
    guard !vectors.isEmpty else { return }
    let key = RandomKey(
      seed: seed, trial: trial, entity: stableHash(of: "calibration"), purpose: 0xCA1B)
    let vector = vectors[Int(key.bits(0) % UInt64(vectors.count))]
    for (parameter, value) in zip(parameters, vector) { parameter.set(value, in: &database) }
  }
}
