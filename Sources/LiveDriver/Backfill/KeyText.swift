import Strategies

/// Keys as a server writes and reads them, in both directions without losing order.
struct KeyText: Hashable, Sendable {
  /// As `format_type` writes it.
  let type: String

  private var isUUID: Bool { type == "uuid" }

  /// Nil for a key beyond all that the type has.
  func bound(_ key: Key) -> String? {
    if isUUID { return text(key) }
    return key.int64.map { "\($0)" }
  }

  /// Only for keys that the type has.
  func text(_ key: Key) -> String {
    guard isUUID else { return "\(key.int64 ?? 0)" }
    let digits = String(key.position, radix: 16)
    let padded = String(repeating: "0", count: 32 - digits.count) + digits
    var text = ""
    for (index, digit) in padded.enumerated() {
      if [8, 12, 16, 20].contains(index) { text += "-" }
      text.append(digit)
    }
    return text
  }

  /// Nil for what is no key.
  func key(_ text: String) -> Key? {
    guard isUUID else { return Int64(text).map { Key($0) } }
    return UInt128(text.replacing("-", with: ""), radix: 16).map { Key(position: $0) }
  }
}
