import Foundation

/// A parsed document, for looking into.
enum JSON: Equatable {
  case null
  case bool(Bool)
  case number(Double)
  case string(String)
  case array([JSON])
  case object([String: JSON])

  /// Fails on anything but exactly one document.
  static func parse(_ text: String) throws -> JSON {
    try JSONDecoder().decode(Tree.self, from: Data(text.utf8)).value
  }

  subscript(key: String) -> JSON? {
    if case .object(let members) = self { members[key] } else { nil }
  }

  subscript(index: Int) -> JSON? {
    if case .array(let items) = self, items.indices.contains(index) { items[index] } else { nil }
  }

  var keys: [String] {
    if case .object(let members) = self { members.keys.sorted() } else { [] }
  }

  var items: [JSON] { if case .array(let items) = self { items } else { [] } }
  var number: Double? { if case .number(let value) = self { value } else { nil } }
  var string: String? { if case .string(let value) = self { value } else { nil } }

  private struct Tree: Decodable {
    var value: JSON

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if container.decodeNil() {
        value = .null
      } else if let flag = try? container.decode(Bool.self) {
        value = .bool(flag)
      } else if let number = try? container.decode(Double.self) {
        value = .number(number)
      } else if let text = try? container.decode(String.self) {
        value = .string(text)
      } else if let items = try? container.decode([Tree].self) {
        value = .array(items.map(\.value))
      } else {
        value = .object(try container.decode([String: Tree].self).mapValues(\.value))
      }
    }
  }
}
