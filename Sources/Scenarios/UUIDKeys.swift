import Primitives
import Strategies

/// A table's UUIDs in key order, laid out as RFC 9562 asks: version and variant where they belong.
///
/// Of version 4 the 122 random bits are spread evenly with a jitter; of version 7 rows come one a
/// millisecond, with random bits behind. Both rise with the row's ordinal.
struct UUIDKeys: Hashable, Sendable {
  enum Version: UInt128, Hashable, Sendable { case random = 4, timed = 7 }

  let version: Version
  let rows: Int
  /// Of two rows next to each other, in the 122 bits that are neither version nor variant.
  private let spacing: UInt128

  /// 2024-01-01 in milliseconds since 1970: the first row of version 7.
  private static let firstMoment: UInt128 = 1_704_067_200_000
  private static let jitter = RandomKey(
    seed: 0, trial: 0, entity: stableHash(of: "uuid"), purpose: 0x75_7569)

  init(_ version: Version, rows: Int) {
    self.version = version
    self.rows = rows
    spacing = version == .timed ? 1 << 74 : (1 << 122) / UInt128(max(1, rows))
  }

  func key(of ordinal: Int) -> Key {
    let start = version == .timed ? Self.firstMoment << 74 : 0
    let row = UInt64(ordinal)
    let random =
      UInt128(Self.jitter.bits(2 * row)) << 64 | UInt128(Self.jitter.bits(2 * row + 1))
    return Key(position: placed(start + UInt128(row) * spacing + random % spacing))
  }

  /// Version behind 48 bits, variant behind 12 more.
  private func placed(_ bits: UInt128) -> UInt128 {
    let (time, middle, low) = (bits >> 74, bits >> 62 & 0xFFF, bits & (1 << 62 - 1))
    return time << 80 | version.rawValue << 76 | middle << 64 | 2 << 62 | low
  }

  /// How many rows have keys up to and including this one, which need not be a row's.
  func rows(upTo key: Key) -> Int {
    let time = key.position >> 80
    let start = version == .timed ? Self.firstMoment : 0
    guard rows > 0, time >= start else { return 0 }
    let near = ((time - start) << 74) / spacing
    var ordinal = min(rows - 1, near > UInt128(rows) ? rows : Int(near))
    while ordinal + 1 < rows, self.key(of: ordinal + 1) <= key { ordinal += 1 }
    while ordinal >= 0, self.key(of: ordinal) > key { ordinal -= 1 }
    return ordinal + 1
  }
}
