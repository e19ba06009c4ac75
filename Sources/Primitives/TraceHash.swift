/// A running 64-bit hash of what happened, in order: equal traces give equal hashes.
///
/// Each step is a bijection of the state for a given word, so a difference can be undone only by
/// another difference.
@frozen
@usableFromInline
package struct TraceHash: Hashable, Sendable, BitwiseCopyable {
  @usableFromInline var state: UInt64 = 0xCBF2_9CE4_8422_2325

  @inlinable package init() {}

  /// Adds one word: a step of FNV-1a over 64 bits at a time, with a shift that brings the high
  /// bits, which alone a multiplication mixes well, back down.
  @inlinable package mutating func combine(_ word: UInt64) {
    state = (state ^ word) &* 0x9FB2_1C65_1E98_DF25
    state ^= state >> 32
  }

  @inlinable package mutating func combine(_ instant: Instant) {
    combine(UInt64(bitPattern: instant.nanoseconds))
  }

  /// The hash of everything added so far.
  @inlinable package var value: UInt64 { mixed(state) }
}

/// A hash of the string's UTF-8 that is the same in every process, build and platform.
///
/// FNV-1a (Fowler, Noll, Vo; IETF draft-eastlake-fnv) and a finaliser: FNV alone leaves the high
/// bits of short names nearly equal.
package func stableHash(of string: String) -> UInt64 {
  var hash: UInt64 = 0xCBF2_9CE4_8422_2325
  for byte in string.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
  return mixed(hash)
}
