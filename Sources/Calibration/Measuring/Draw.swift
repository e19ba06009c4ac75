import Primitives

/// Which rows a calibration touches: the same in every run.
struct Draw: Sendable {
  private let key: RandomKey
  private var next: UInt64 = 0

  init(stream: UInt64 = 0) {
    key = RandomKey(seed: 1, trial: 0, entity: stream, purpose: 0xCA1D)
  }

  /// 0 ..< `bound`.
  mutating func below(_ bound: Int) -> Int {
    next += 1
    return Int(key.bits(next) % UInt64(max(1, bound)))
  }

  /// Different keys from 1 to `bound` as an array literal.
  mutating func keys(_ count: Int, of bound: Int) -> String {
    let stride = max(1, bound / count)
    let keys = (0..<count).map { $0 * stride + below(stride) + 1 }
    return "{" + keys.map(String.init).joined(separator: ",") + "}"
  }
}
