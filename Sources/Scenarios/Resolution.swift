/// The checked tree as the flat list that `plan` prints, in the order of the schema.
enum Resolution {
  static func values(of root: Checked, _ scenario: Scenario) -> [ResolvedValue] {
    var values: [ResolvedValue] = []
    append(root, path: "", to: &values)
    return values
  }

  private static func append(_ value: Checked, path: String, to values: inout [ResolvedValue]) {
    switch value.value {
    case .map(let members):
      for member in members {
        append(member.value, path: SchemaCheck.join(path, member.key), to: &values)
      }
    case .list(let items):
      if items.isEmpty {
        values.append(ResolvedValue(path: path, text: "[]", origin: value.origin))
      }
      for (index, item) in items.enumerated() {
        let name = item["name"].string ?? item["id"].string
        append(item, path: name.map { "\(path).\($0)" } ?? "\(path)[\(index)]", to: &values)
      }
    case .absent:
      let text = value.text.isEmpty ? "none" : value.text
      values.append(ResolvedValue(path: path, text: text, origin: value.origin))
    default:
      values.append(ResolvedValue(path: path, text: value.text, origin: value.origin))
    }
  }
}
