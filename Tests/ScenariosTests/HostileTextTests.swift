import Foundation
import Testing

@testable import Scenarios

/// Texts that are no scenarios at all: each is refused at once and at its place.
@Suite struct HostileTextTests {
  private func errors(_ text: String) -> [Problem] {
    ScenarioFile.problems(text: text, path: "bad.yaml").filter { $0.severity == .error }
  }

  private func first(_ bytes: [UInt8]) throws -> Problem {
    let folder = FileManager.default.temporaryDirectory
    let file = folder.appendingPathComponent("scenario-\(UUID().uuidString).yaml")
    try Data(bytes).write(to: file)
    defer { unlink(file.path) }
    let failure = #expect(throws: ScenarioFailure.self) {
      _ = try ScenarioFile.load(path: file.path)
    }
    return try #require(failure?.problems.first)
  }

  @Test("Bytes that are not UTF-8 are located")
  func notUTF8() throws {
    let problem = try first(Array("name: a\ndescription: caf".utf8) + [0xE9, 0x0A])
    #expect(problem.code == "RH0001")
    #expect((problem.line, problem.column) == (2, 17))
    #expect(problem.hint == "this byte is 0xE9")
    let utf16 = try first([0xFF, 0xFE, 0x6E, 0x00])
    #expect((utf16.code, utf16.line, utf16.column) == ("RH0001", 1, 1))
  }

  @Test("Binary data is refused at its first control character")
  func binary() throws {
    let gzip = try first([0x1F, 0x8B, 0x08, 0x00])
    #expect((gzip.code, gzip.line, gzip.column) == ("RH0001", 1, 2))
    let null = try first(Array("name: a\nta".utf8) + [0x00] + Array("ble: {}".utf8))
    #expect((null.code, null.line, null.column) == ("RH0001", 2, 3))
    #expect(!null.render().contains("\0"))
  }

  @Test("A byte order mark and Windows line ends are accepted and do not move the columns")
  func byteOrderMark() {
    let text = scenario(with: "strategy: {workers: 0}").replacing("\n", with: "\r\n")
    let marked = "\u{FEFF}" + text
    guard case .success(let decoded) = TextGuard.decode(Array(marked.utf8)) else {
      Issue.record("refused")
      return
    }
    let found = errors(decoded)
    #expect(found.map(\.code) == ["RH0205"])
    #expect(found.first.map { [$0.line, $0.column] } == [6, 21])
  }

  @Test("A file of 50 MB is refused by its size, before it is read")
  func huge() throws {
    let file = FileManager.default.temporaryDirectory
      .appendingPathComponent("scenario-\(UUID().uuidString).yaml")
    #expect(FileManager.default.createFile(atPath: file.path, contents: nil))
    defer { unlink(file.path) }
    let handle = try FileHandle(forWritingTo: file)
    try handle.truncate(atOffset: 50_000_000)
    try handle.close()
    let failure = #expect(throws: ScenarioFailure.self) {
      _ = try ScenarioFile.load(path: file.path)
    }
    let problem = try #require(failure?.problems.first)
    #expect((problem.code, problem.line, problem.column) == ("RH0002", 1, 1))
    #expect(problem.message == "the file has 50000000 bytes; a scenario has at most 1048576")
  }

  @Test("Deep nesting is refused, in flow and in block style")
  func deepNesting() {
    let flow = "name: " + String(repeating: "[", count: 100_000)
    #expect(errors(flow).map(\.code) == ["RH0004"])
    let closed = "name: " + String(repeating: "[", count: 60) + String(repeating: "]", count: 60)
    #expect(errors(closed).first?.code == "RH0004")
    #expect(errors(closed).first.map { [$0.line, $0.column] } == [1, 39])
    let block = String(repeating: "- ", count: 50_000) + "x"
    #expect(errors(block).map(\.code) == ["RH0004"])
  }

  @Test("Aliases that would expand to billions of values are refused")
  func aliasBombs() {
    var levels = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    for level in 1...9 {
      let alias = "*a\(level - 1)"
      let items = Array(repeating: alias, count: 9).joined(separator: ", ")
      levels.append("a\(level): &a\(level) [\(items)]")
    }
    let bomb = levels.joined(separator: "\n")
    #expect(errors(bomb).contains { $0.code == "RH0005" })
    let asKey = bomb + "\n? *a9\n: x\n"
    #expect(errors(asKey).map(\.code) == ["RH0005"])
    #expect(errors(asKey).first.map { [$0.line, $0.column] } == [11, 1])
  }

  @Test("Plain anchors and aliases are allowed")
  func anchors() {
    let text = scenario(
      with: """
        traffic:
          - {name: a, rate: 1/s, timeout: &patience 5s, statements: &work [{kind: select}]}
          - {name: b, rate: 1/s, timeout: *patience, statements: *work}
        """)
    #expect(errors(text).isEmpty)
  }

  @Test("An empty file, a list and a bare word are no scenarios")
  func noMap() {
    #expect(errors("").map(\.code) == ["RH0008"])
    #expect(errors("# later\n").map(\.code) == ["RH0008"])
    #expect(errors("- a\n").map(\.code) == ["RH0105"])
    #expect(errors("hello").map(\.code) == ["RH0105"])
  }

  @Test("A missing file and a folder are not invalid scenarios, but no input")
  func unreadable() {
    for path in ["/nowhere/at/all.yaml", "/"] {
      let failure = #expect(throws: ScenarioFailure.self) { _ = try ScenarioFile.load(path: path) }
      guard case .unreadable(path, _)? = failure else {
        Issue.record("\(String(describing: failure))")
        continue
      }
    }
  }

  @Test("All problems of a file are reported at once, errors first, at most twenty in full")
  func manyProblems() {
    let classes = (1...30).map { "  - {name: c\($0), rate: \($0), statements: [{kind: select}]}" }
    let text = scenario(with: "traffic:\n" + classes.joined(separator: "\n"))
    let found = errors(text)
    #expect(found.count == 30)
    #expect(found.allSatisfy { $0.code == "RH0201" })
    #expect(found.map(\.line) == found.map(\.line).sorted())
    let frames = ScenarioFile.render(found)
    #expect(frames.hasSuffix("\n\nand 10 more"))
    #expect(frames.components(separatedBy: "error[RH0201]").count == 21)
  }

  @Test("A frame has the head line, the source line, a caret and the hint")
  func frame() {
    let text = "\(scenario(with: "strategy:\n  lock_timout: 200ms"))"
    #expect(
      ScenarioFile.render(errors(text)) == """
        bad.yaml:7:3: error[RH0101]: unknown key "lock_timout" in "strategy"
          |
        7 |   lock_timout: 200ms
          |   ^^^^^^^^^^^ did you mean "lock_timeout"?
          = help: allowed here: batch, find, give_up, lock_timeout, order, pause, planner, preset, retry, rounds, sensors, statement, throttle, workers
        """)
  }

  @Test("A key that is written three times is reported at both later places")
  func threeTimes() {
    let text = scenario(with: "run: {seed: 1, trials: auto, seed: 2, seed: 3}")
    let found = errors(text)
    #expect(found.map(\.code) == ["RH0103", "RH0103"])
    #expect(found.map(\.column) == [30, 39])
  }
}
