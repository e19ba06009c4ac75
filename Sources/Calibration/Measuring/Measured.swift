/// Single measurements by the name of what was measured: what a calibration rests on, and what an
/// interrupted one goes on with.
package struct Measured: Sendable, Hashable, Codable {
  /// One measurement: amounts and what they cost, by name; seconds, bytes or counts.
  package typealias Reading = [String: Double]

  package private(set) var groups: [String: [Reading]] = [:]

  package init() {}

  package subscript(group: String) -> [Reading] { groups[group] ?? [] }

  package mutating func add(_ group: String, _ readings: [Reading]) {
    groups[group, default: []] += readings
  }

  package mutating func remove(_ group: String) { groups[group] = nil }

  /// The values of one name in a group's readings that have it.
  package func values(_ group: String, _ name: String) -> [Double] {
    self[group].compactMap { $0[name] }
  }

  /// As many readings of each group, drawn with replacement: another measurement of the same server
  /// as far as this one can tell (Efron 1979).
  package func resampled(_ pick: (_ group: String, _ count: Int, _ index: Int) -> Int) -> Measured {
    var drawn = Measured()
    for (group, readings) in groups.sorted(by: { $0.key < $1.key }) {
      drawn.groups[group] = readings.indices.map { readings[pick(group, readings.count, $0)] }
    }
    return drawn
  }
}
