import Primitives

/// How long to wait before another try.
struct Backoff: Sendable {
  private let retry: Retry
  private let seed: UInt64

  init(_ retry: Retry, seed: UInt64) {
    precondition(retry.backoff >= .zero, "a backoff of \(retry.backoff.seconds) s")
    self.retry = retry
    self.seed = seed
  }

  /// `min(backoff · 2^(attempt − 1), maxBackoff)`: monotone up to the cap.
  ///
  /// - Parameter attempt: The try that the delay comes before, from 1.
  func cap(attempt: Int) -> TimeSpan {
    precondition(attempt >= 1, "a delay before attempt \(attempt)")
    // 2^62 ns is longer than any cap, so larger exponents change nothing and must not overflow.
    let (product, overflow) = retry.backoff.nanoseconds.multipliedReportingOverflow(
      by: 1 << Int64(min(attempt - 1, 62)))
    return overflow ? retry.maxBackoff : min(TimeSpan(nanoseconds: product), retry.maxBackoff)
  }

  /// `cap` times a jitter in [0.5, 1.5), so that workers that failed together do not meet again.
  func delay(batch: Int, attempt: Int) -> TimeSpan {
    let bits = hash(seed, UInt64(bitPattern: Int64(batch)), UInt64(bitPattern: Int64(attempt)))
    return cap(attempt: attempt) * (0.5 + Double(bits >> 11) * 0x1p-53)
  }
}

/// One word from three, by the finaliser of SplitMix64 (Steele, Lea and Flood, OOPSLA 2014, fig. 16).
func hash(_ a: UInt64, _ b: UInt64, _ c: UInt64) -> UInt64 {
  func mix(_ word: UInt64) -> UInt64 {
    var z = word &+ 0x9e37_79b9_7f4a_7c15
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
  return mix(mix(mix(a) ^ b) ^ c)
}
