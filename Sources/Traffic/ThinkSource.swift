import Primitives

/// The think times of one closed class: a pure function of seed, trial, class name, client and turn.
@usableFromInline
package struct ThinkSource: Hashable, Sendable {
  @usableFromInline package let clients: Int
  /// Mean, seconds.
  @usableFromInline package let mean: Double
  @usableFromInline package let key: RandomKey

  /// Nil for an open class, which waits for nobody.
  package init?(class trafficClass: TrafficClass, seed: UInt64, trial: Int) {
    guard case .closed(let clients, let thinkBetween) = trafficClass.arrivals else { return nil }
    self.clients = clients
    mean = thinkBetween.seconds
    key = RandomKey(
      seed: seed, trial: trial, entity: stableHash(of: trafficClass.name),
      purpose: Purpose.thinkTimes)
  }

  /// How long this client, from 0, thinks before its transaction number `turn`, from 0.
  @inlinable
  package func thinkTime(client: Int, turn: UInt64) -> TimeSpan {
    TimeSpan(seconds: mean * key.exponential(arrivalIndex(client: client, turn: turn)))
  }

  /// The transaction's name towards `KeySource`, for fewer than 2⁴⁰ turns.
  @inlinable
  package func arrivalIndex(client: Int, turn: UInt64) -> UInt64 { UInt64(client) << 40 | turn }
}
