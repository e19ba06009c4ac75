import Testing

@testable import Scenarios

@Suite("Comments that silence a warning")
struct IgnoreCommentTests {
  /// Two closed classes, each with a warning at its `clients`.
  private func codes(first: String = "", above: String = "", end: String = "") -> [String] {
    let text = """
      table: {name: orders, rows: 10M, row_width: 200B}
      backfill: {set: {status_v2: "upper(status)"}, deadline: 1h}
      traffic:\(first)
        \(above)
        - name: clerk
          clients: 8
          statements: [{kind: update}]
        - {name: robot, clients: 2, statements: [{kind: update}]}\(end)
      """
    return ScenarioFile.problems(text: text, path: "s.yaml").map { "\($0.code):\($0.line)" }
  }

  @Test("Without one both classes are warned about")
  func none() { #expect(codes() == ["RH0520:6", "RH0520:8"]) }

  @Test("At the end of a line it covers that line")
  func end() {
    #expect(codes(end: "   # rehearse-ignore RH0520: it waits for itself") == ["RH0520:6"])
    #expect(codes(first: "   # rehearse-ignore RH0520: not here") == ["RH0520:6", "RH0520:8"])
  }

  @Test("On a line of its own it covers the next entry, as deep as that goes, and no further")
  func above() {
    #expect(codes(above: "# rehearse-ignore RH0520: they wait for each other") == ["RH0520:8"])
    #expect(codes(above: "#rehearse-ignore RH0520 : a colon apart") == ["RH0520:8"])
    #expect(codes(above: "# rehearse-ignore RH0512: another one") == ["RH0520:6", "RH0520:8"])
  }

  @Test(
    "Without a reason, or for what is no warning, it is an error",
    arguments: [
      "# rehearse-ignore RH0520", "# rehearse-ignore RH0520:  ", "# rehearse-ignore",
      "# rehearse-ignore RH9999: why not", "# rehearse-ignore RH0101: a typing mistake",
    ])
  func wrong(comment: String) {
    #expect(codes(above: comment).contains("RH0011:4"))
  }

  @Test("An error is never ignored")
  func errors() {
    let text = scenario(with: "strategy: {workers: 0} # rehearse-ignore RH0520: no")
    #expect(ScenarioFile.problems(text: text, path: "s.yaml").map(\.code) == ["RH0205"])
  }

  @Test("A text that only looks like a comment is none")
  func text() {
    let text = scenario(with: "description: \"see:#rehearse-ignore nothing\"")
    #expect(ScenarioFile.problems(text: text, path: "s.yaml").isEmpty)
  }
}
