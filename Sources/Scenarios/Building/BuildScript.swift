import Foundation
import Traffic

// A class whose statements are a pgbench script.
extension ScenarioBuilder {
  /// Nil without a script, or where a problem says why there is none.
  mutating func script(_ section: Checked) -> PgbenchMapping? {
    let name = section["script"]
    guard let file = name.string else {
      if section["define"].isWritten, name.isAbsent {
        problems.error(
          "RH0106", at: section["define"].place, "\"define\" belongs to a script",
          hint: "remove define")
      }
      return nil
    }
    for key in ["statements", "keys"] where section[key].isWritten {
      problems.error(
        "RH0106", at: section.member(key)?.keyPlace ?? section[key].place,
        "\"\(key)\" does not go with a script, which says it", hint: "remove \(key)")
    }
    guard let text = text(ofScript: file) else {
      let names = BuiltinScripts.names.map { "builtin:\($0)" }
      problems.error(
        "RH0407", at: name.place, "the script \"\(file)\" cannot be read",
        hint: "a file beside the scenario, or \(Suggestion.list(names))")
      return nil
    }
    let define = section["define"].members.compactMap { member in
      member.value.integer.map { (member.key, $0) }
    }
    do {
      return try PgbenchMapping(
        PgbenchScript(text), tables: tables,
        define: Dictionary(define, uniquingKeysWith: { first, _ in first }))
    } catch {
      problems.error(
        "RH0407", at: name.place, "line \(error.line) of \(file): \(error.message)",
        hint: error.hint)
      return nil
    }
  }

  /// Nil where there is none, or where it is no text of a sensible size.
  private func text(ofScript name: String) -> String? {
    if name.hasPrefix("builtin:") {
      return BuiltinScripts.text(String(name.dropFirst("builtin:".count)))
    }
    let place = URL(
      fileURLWithPath: name, relativeTo: URL(fileURLWithPath: folder, isDirectory: true))
    guard let handle = try? FileHandle(forReadingFrom: place),
      let bytes = try? handle.read(upToCount: Self.largestScript + 1),
      bytes.count <= Self.largestScript
    else { return nil }
    return String(data: bytes, encoding: .utf8)
  }

  private static let largestScript = 1 << 20

  mutating func requireStatements(_ section: Checked) {
    guard section["statements"].isAbsent, section["script"].isAbsent else { return }
    problems.error(
      "RH0104", at: section.place, "a traffic class needs \"statements\"",
      hint: "add statements: [{kind: select}], or script: FILE")
  }

  mutating func refuseWrites(_ script: PgbenchMapping, on replica: Int?, _ section: Checked) {
    guard replica != nil, let write = script.statements.first(where: { $0.kind != .select }) else {
      return
    }
    problems.error(
      "RH0403", at: section["script"].place, "a replica cannot run \(write.kind.rawValue)",
      hint: "on: primary")
  }
}
