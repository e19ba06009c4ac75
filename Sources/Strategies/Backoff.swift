import Primitives

/// How long to wait before another try.
struct Backoff: Sendable {
  private let retry: Retry
  private let jitter: RandomKey

  init(_ retry: Retry, seed: UInt64) {
    precondition(retry.backoff >= .zero, "a backoff of \(retry.backoff.seconds) s")
    self.retry = retry
    jitter = RandomKey(seed: seed, trial: 0, entity: 0, purpose: RandomPurpose.jitter)
  }

  /// `min(backoff · 2^(attempt − 1), maxBackoff)`, or `backoff · attempt`: monotone up to the cap.
  ///
  /// `attempt` is the try that the delay comes before, from 1.
  func cap(attempt: Int) -> TimeSpan {
    precondition(attempt >= 1, "a delay before attempt \(attempt)")
    // 2^62 ns is longer than any cap, so larger exponents change nothing and must not overflow.
    let factor =
      switch retry.growth {
      case .exponential: Int64(1) << Int64(min(attempt - 1, 62))
      case .linear: Int64(attempt)
      }
    let (product, overflow) = retry.backoff.nanoseconds.multipliedReportingOverflow(by: factor)
    return overflow ? retry.maxBackoff : min(TimeSpan(nanoseconds: product), retry.maxBackoff)
  }

  /// `cap` times the jitter, so that workers that failed together do not meet again.
  func delay(batch: Int, attempt: Int) -> TimeSpan {
    let uniform = jitter.child(UInt64(batch)).uniform(UInt64(attempt))
    switch retry.jitter {
    case .none: return cap(attempt: attempt)
    case .half: return cap(attempt: attempt) * (0.5 + uniform)
    case .full: return cap(attempt: attempt) * uniform
    }
  }
}

/// What a strategy's randomness is for; apart from each other and from the traffic's purposes.
enum RandomPurpose {
  static let jitter: UInt64 = 0x6A69_7474_6572  // "jitter"
  static let order: UInt64 = 0x6F_7264_6572  // "order"
}
