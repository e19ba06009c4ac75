/// A chart in Vega-Lite's language: JSON whose members keep their order.
///
/// Everything from outside is a value in it, never a field's name or an expression.
package indirect enum Spec: Hashable, Sendable {
  case null
  case flag(Bool)
  case number(Double)
  case text(String)
  case list([Spec])
  case object([Member])

  package struct Member: Hashable, Sendable {
    var key: String
    var value: Spec
  }

  static func number(_ value: Double?) -> Spec { value.map { .number($0) } ?? .null }

  /// The same with these members behind its own.
  func with(_ more: KeyValuePairs<String, Spec>) -> Spec {
    guard case .object(let members) = self else { return self }
    return .object(members + more.map { Member(key: $0.key, value: $0.value) })
  }

  /// As JSON that may stand inside a script element: no `<`, `>` or `&` is left.
  package var json: String {
    switch self {
    case .null: "null"
    case .flag(let flag): flag ? "true" : "false"
    case .number(let number): Self.text(of: number)
    case .text(let text): Self.quoted(text)
    case .list(let items): "[" + items.map(\.json).joined(separator: ",") + "]"
    case .object(let members):
      "{" + members.map { "\(Self.quoted($0.key)):\($0.value.json)" }.joined(separator: ",") + "}"
    }
  }

  private static func text(of number: Double) -> String {
    guard number.isFinite else { return "null" }
    let isWhole = number == number.rounded() && abs(number) < 1e15
    return isWhole ? String(Int64(number)) : "\(number)"
  }

  private static func quoted(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.shown.unicodeScalars {
      switch scalar {
      case "\"": quoted += "\\\""
      case "\\": quoted += "\\\\"
      case _
      where scalar.value < 0x20 || "<>&\u{2028}\u{2029}\u{7F}".unicodeScalars.contains(scalar):
        let digits = String(scalar.value, radix: 16)
        quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + "\""
  }
}

extension Spec: ExpressibleByStringLiteral, ExpressibleByStringInterpolation,
  ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
  ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral, ExpressibleByNilLiteral
{
  package init(stringLiteral value: String) { self = .text(value) }
  package init(floatLiteral value: Double) { self = .number(value) }
  package init(integerLiteral value: Int) { self = .number(Double(value)) }
  package init(booleanLiteral value: Bool) { self = .flag(value) }
  package init(nilLiteral: ()) { self = .null }
  package init(arrayLiteral elements: Spec...) { self = .list(elements) }
  package init(dictionaryLiteral elements: (String, Spec)...) {
    self = .object(elements.map { Member(key: $0.0, value: $0.1) })
  }
}
