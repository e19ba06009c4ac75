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

  /// Everything that one pass found; each reading is marked with the pass's number.
  package mutating func add(_ pass: Measured, number: Int) {
    for (group, readings) in pass.groups.sorted(by: { $0.key < $1.key }) {
      add(group, readings.map { $0.merging(["pass": Double(number)]) { _, new in new } })
    }
  }

  /// The values of one name in a group's readings that have it.
  package func values(_ group: String, _ name: String) -> [Double] {
    self[group].compactMap { $0[name] }
  }

  /// The median of those values; nil where there are none.
  func median(_ group: String, _ name: String) -> Double? {
    SampleQuantiles(values(group, name))?.median
  }

  /// The median of one name over another, of readings that have both and the other above zero; nil where
  /// there are none.
  func median(_ group: String, _ name: String, over other: String) -> Double? {
    SampleQuantiles(
      self[group].compactMap { reading -> Double? in
        guard let value = reading[name], let base = reading[other], base > 0 else { return nil }
        return value / base
      })?.median
  }

  /// As many passes, drawn with replacement: another measurement of the same server as far as this one can
  /// tell (Efron 1979).
  ///
  /// Whole passes, since what differs between two of them is in all their readings: drawn one by one,
  /// hundreds of readings would seem to know what ten passes do not. Fewer of them (`size`) are what a shorter
  /// time would have seen: different ones, so that a single pass that something disturbed is no majority.
  package func resampled(
    size: Int? = nil, _ pick: (_ count: Int, _ index: Int) -> Int
  ) -> Measured {
    let passes = Set(groups.values.joined().compactMap { $0["pass"] }).sorted()
    var left = passes
    let chosen = (0..<min(size ?? .max, passes.count)).map { index in
      size == nil ? passes[pick(passes.count, index)] : left.remove(at: pick(left.count, index))
    }
    var drawn = Measured()
    for (group, readings) in groups {
      let byPass = Dictionary(grouping: readings) { $0["pass"] ?? -1 }
      drawn.groups[group] = chosen.flatMap { byPass[$0] ?? [] }
    }
    return drawn
  }
}
