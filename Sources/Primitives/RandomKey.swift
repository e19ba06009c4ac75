/// A source of random numbers addressed by index instead of drawn in order.
///
/// The i-th number is a function of the key and i alone, so nothing that one part of a simulation
/// draws can move what another part meets: two candidates compared with the same seed see the same
/// arrivals, keys and service times (common random numbers).
///
/// A key is 128 bits, since the chance that two of 10⁶ 64-bit keys coincide is already 3·10⁻⁸ and
/// every further trial adds keys.
@frozen
@usableFromInline
package struct RandomKey: Hashable, Sendable, BitwiseCopyable {
  @usableFromInline package var offset: UInt64
  @usableFromInline package var whitener: UInt64

  /// The key of one purpose of one entity in one trial.
  ///
  /// - Parameters:
  ///   - seed: The run's seed.
  ///   - trial: The trial's number, from 0.
  ///   - entity: What draws: an index or `stableHash(of:)` of a name, never an order of creation.
  ///   - purpose: What for: a constant of its own for arrivals, keys, service times.
  @inlinable package init(seed: UInt64, trial: Int, entity: UInt64, purpose: UInt64) {
    // The first 128 fractional bits of π: numbers with nothing up their sleeve.
    offset = 0x243F_6A88_85A3_08D3
    whitener = 0x1319_8A2E_0370_7344
    absorb(seed)
    absorb(UInt64(bitPattern: Int64(trial)))
    absorb(entity)
    absorb(purpose)
  }

  /// The key of a part of what this one stands for; different parts never share a key.
  @inlinable package func child(_ part: UInt64) -> RandomKey {
    var key = self
    key.absorb(part)
    return key
  }

  /// Bijective in the state for each word, and injective in the word for each state.
  @inlinable mutating func absorb(_ word: UInt64) {
    offset = mixed(offset ^ (word &+ 0x9E37_79B9_7F4A_7C15)) &+ whitener
    whitener = mixed(whitener ^ word &* 0xD1B5_4A32_D192_ED03) &+ (offset << 23 | offset >> 41)
  }

  /// 64 random bits, a bijection of `index` for each key.
  ///
  /// Two rounds of a strong finaliser around a Weyl sequence; the key enters before each round, so
  /// that keys with equal offsets give unrelated sequences and not shifted ones.
  @inlinable package func bits(_ index: UInt64) -> UInt64 {
    mixed(mixed(offset &+ index &* 0x9E37_79B9_7F4A_7C15) ^ whitener)
  }

  /// Uniform on the open interval (0, 1): the centres of 2⁵² equal cells, so never 0 and never 1.
  @inlinable package func uniform(_ index: UInt64) -> Double { openUnit(bits(index)) }

  /// Exponential with mean 1, by inversion: monotone in the uniform, one index per variate.
  @inlinable package func exponential(_ index: UInt64) -> Double { -Double.log(uniform(index)) }

  /// Standard normal, by inversion: monotone in the uniform, one index per variate.
  @inlinable package func normal(_ index: UInt64) -> Double {
    Double.normalQuantile(uniform(index))
  }

  /// Uniform on `0 ..< bound`; the bias is below `bound` · 2⁻⁶⁴.
  @inlinable package func below(_ bound: Int, _ index: UInt64) -> Int {
    Int(truncatingIfNeeded: bits(index).multipliedFullWidth(by: UInt64(bound)).high)
  }
}

/// A bijection of 64 bits in which every input bit flips every output bit about half the time.
///
/// Variant 13 of the MurmurHash3 finaliser: D. Stafford, *Better Bit Mixing* (2011); the finaliser
/// of SplitMix64 in Steele, Lea, Flood, *Fast Splittable Pseudorandom Number Generators* (2014).
@inlinable
package func mixed(_ word: UInt64) -> UInt64 {
  var z = word
  z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
  z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
  return z ^ z >> 31
}

@inlinable
func openUnit(_ bits: UInt64) -> Double {
  // 52 bits and not 53: with 53 the last centre would round to 1.
  (Double(Int64(bits >> 12)) + 0.5) * 0x1p-52
}
