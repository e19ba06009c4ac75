/// Names one lockable row: a table and the row's ordinal in key order.
///
/// Only row locks on records exist in the engine that is built; a gap or next-key lock would take
/// the bits between table and ordinal.
package struct RowName: Hashable, BitwiseCopyable {
  package let bits: UInt64

  package init(table: Int, ordinal: Int) { bits = UInt64(table) << 48 | UInt64(ordinal) }

  package var table: Int { Int(bits >> 48) }
  package var ordinal: Int { Int(bits & (1 << 48 - 1)) }

  /// A mixing hash (the finaliser of SplitMix64), since ordinals come in runs.
  package var hash: UInt64 {
    var z = bits &+ 0x9e37_79b9_7f4a_7c15
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}
