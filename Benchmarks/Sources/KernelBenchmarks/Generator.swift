/// xoshiro256++ 1.0 (Blackman, Vigna 2019), seeded by SplitMix64.
struct Generator {
  private var a, b, c, d: UInt64

  init(seed: UInt64) {
    var state = seed
    a = Generator.splitMix(&state)
    b = Generator.splitMix(&state)
    c = Generator.splitMix(&state)
    d = Generator.splitMix(&state)
  }

  private static func splitMix(_ state: inout UInt64) -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }

  @inline(__always)
  mutating func nextBits() -> UInt64 {
    let result = rotated(a &+ d, 23) &+ a
    let t = b << 17
    c ^= a
    d ^= b
    b ^= c
    a ^= d
    c ^= t
    d = rotated(d, 45)
    return result
  }
}

private func rotated(_ x: UInt64, _ k: UInt64) -> UInt64 { (x &<< k) | (x &>> (64 &- k)) }
