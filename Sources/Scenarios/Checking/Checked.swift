import Primitives

/// A value that has the kind which the schema wants at its place, defaults filled in.
struct Checked: Sendable {
  indirect enum Value: Sendable {
    /// Not written, and no default.
    case absent
    /// Wrong; a problem says how.
    case invalid
    case text(String)
    case integer(Int)
    case number(Double)
    case flag(Bool)
    case list([Checked])
    case map([Member])
  }
  struct Member: Sendable {
    var key: String
    var keyPlace: Place
    var value: Checked
  }

  var value: Value
  /// As written, or as the default is written.
  var text: String
  var place: Place
  var origin: Origin
  /// The part of the tree it was read from; nil for a default.
  var node: Node?

  /// False for defaults.
  var isWritten: Bool {
    if case .byDefault = origin { return false }
    return true
  }

  var isAbsent: Bool {
    if case .absent = value { return true }
    return false
  }

  /// Neither wrong nor missing.
  var isUsable: Bool {
    switch value {
    case .absent, .invalid: false
    default: true
    }
  }

  static func absent(at place: Place, _ reason: String) -> Checked {
    Checked(value: .absent, text: "", place: place, origin: .byDefault(reason: reason))
  }

  // The members of a map; an invalid or missing one reads as empty so that later checks go on.

  var members: [Member] {
    guard case .map(let members) = value else { return [] }
    return members
  }

  var items: [Checked] {
    guard case .list(let items) = value else { return [] }
    return items
  }

  func member(_ key: String) -> Member? { members.first { $0.key == key } }

  subscript(key: String) -> Checked {
    member(key)?.value ?? .absent(at: place, "not applicable")
  }

  var string: String? {
    guard case .text(let text) = value else { return nil }
    return text
  }
  var integer: Int? {
    guard case .integer(let integer) = value else { return nil }
    return integer
  }
  var number: Double? {
    switch value {
    case .number(let number): number
    case .integer(let integer): Double(integer)
    default: nil
    }
  }
  var span: TimeSpan? {
    guard case .number(let seconds) = value else { return nil }
    return TimeSpan(seconds: seconds)
  }
  var flag: Bool? {
    guard case .flag(let flag) = value else { return nil }
    return flag
  }
}
