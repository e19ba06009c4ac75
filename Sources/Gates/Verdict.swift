/// What a gate, or all of them, came to.
package enum Verdict: String, Hashable, Sendable, Codable, CaseIterable {
  case pass, fail, inconclusive
  /// There are no error-level gates.
  case none
}
