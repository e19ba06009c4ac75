import Primitives

/// One try of one transaction that asks its pool for a connection.
struct Request: Hashable, Sendable {
  var trafficClass: Int
  /// The arrival's name towards `KeySource`.
  var arrival: UInt64
  /// The intended start of its first try: what latency counts from.
  var intended: Instant
  /// When this try asks.
  var due: Instant
  /// 0 for the first try.
  var attempt: Int

  /// In the order of asking; classes and arrivals break ties, so that the order is total.
  static func isBefore(_ a: Request, _ b: Request) -> Bool {
    (a.due, a.trafficClass, a.arrival) < (b.due, b.trafficClass, b.arrival)
  }
}
