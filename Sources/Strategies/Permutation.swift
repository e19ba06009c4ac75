/// A bijection of `0 ..< count` that looks shuffled: a four-round Feistel network over the next even
/// power of two, walked until it lands inside (Black and Rogaway, CT-RSA 2002, §4: cycle walking).
///
/// - Complexity: O(1) expected: fewer than four walks on average.
func permuted(_ index: UInt64, count: UInt64, seed: UInt64) -> UInt64 {
  precondition(index < count, "index \(index) of \(count)")
  let bits = max(2, UInt64.bitWidth - (count - 1).leadingZeroBitCount)
  let half = UInt64((bits + 1) / 2)
  let mask: UInt64 = (1 << half) - 1
  var value = index
  repeat {
    var left = value >> half
    var right = value & mask
    for round in 0..<4 as Range<UInt64> {
      (left, right) = (right, left ^ (hash(seed, round, right) & mask))
    }
    value = left << half | right
  } while value >= count
  return value
}
