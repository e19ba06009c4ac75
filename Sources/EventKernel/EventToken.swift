/// Names one scheduled event, so that it can be cancelled.
///
/// Stays harmless after the event fired. It is the lower half of the event's key: its sequence
/// number (40 bits) above its slot (24 bits). A sequence number is never used twice, so a token
/// never comes to name another event.
@frozen
@usableFromInline
package struct EventToken: Hashable, Sendable, BitwiseCopyable {
  @usableFromInline package var key: UInt64
  @inlinable package init(key: UInt64) { self.key = key }
  /// Names no event.
  @inlinable package static var none: EventToken { EventToken(key: .max) }
}
