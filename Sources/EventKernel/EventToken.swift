/// Names one scheduled event, so that it can be cancelled. Stays harmless after the event fired.
@frozen
package struct EventToken: Hashable, Sendable, BitwiseCopyable {
  @usableFromInline package var key: UInt64
  @inlinable package init(key: UInt64) { self.key = key }
  /// Names no event.
  package static let none = EventToken(key: .max)
}
