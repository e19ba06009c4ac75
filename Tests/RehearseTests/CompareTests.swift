import Foundation
import Testing

@Suite("What compare writes")
struct CompareTests {
  /// The small scenario with a variant that waits nine times 90 ms longer.
  private static func scenario(table: String = "t") -> String {
    Small.scenario(gates: Small.passing).replacingOccurrences(
      of: "{name: t,", with: "{name: \(table),")
      + "variants: {slow: {strategy: {pause: 100ms}}}\n"
  }

  private static func answer(_ arguments: String...) throws -> Command.Answer {
    try Command.inFolder { command in
      try command.write(scenario(), to: "s.yaml")
      return try command.finish(command.start(["compare"] + arguments))
    }
  }

  private static func document(_ answer: Command.Answer) throws -> JSON {
    #expect(answer.status == 0, "\(answer.errors)")
    return try JSON.parse(answer.output)
  }

  @Test("Nine pauses that are 90 ms longer make the run 0.81 s longer, trial by trial")
  func difference() throws {
    let document = try Self.document(
      Self.answer("s.yaml", "variant:slow", "--trials", "4", "--format", "json"))
    #expect(document["schema"] == .string("rehearse.comparison/1"))
    #expect(document["rows"]?.items.map { $0["name"] } == [.string("small"), .string("slow")])
    let found = try #require(
      document["differences"]?.items.first { $0["metric"] == .string("backfill.duration") })
    #expect(found["a"] == .string("small") && found["b"] == .string("slow"))
    #expect(found["paired"] == .bool(true))
    let value = try #require(found["value"]?.number)
    #expect(abs(value - 0.81) < 0.1)
    let low = try #require(found["low"]?.number)
    let high = try #require(found["high"]?.number)
    #expect(low <= value && value <= high)
    #expect(document["sentence"]?.string?.contains("small is the fastest") == true)
  }

  @Test("Where trials are cheap there are six at least: three give away what pairing saves")
  func usual() throws {
    let document = try Self.document(Self.answer("s.yaml", "variant:slow", "--format", "json"))
    #expect(document["rows"]?[0]?["trials"]?.number ?? 0 >= 6)
  }

  @Test("The result does not depend on the number of threads, byte for byte")
  func threads() throws {
    for format in ["text", "json"] {
      let one = try Self.answer("s.yaml", "variant:slow", "-j", "1", "--format", format)
      let three = try Self.answer("s.yaml", "variant:slow", "-j", "3", "--format", format)
      #expect(!one.output.isEmpty)
      #expect(one.output == three.output)
    }
  }

  @Test("All presets: those made for other work are left out by name, and 80 columns are enough")
  func allPresets() throws {
    let document = try Self.document(
      Self.answer("s.yaml", "--presets", "all", "--trials", "1", "--format", "json"))
    let rows = document["rows"]?.items.compactMap { $0["name"]?.string } ?? []
    let out = document["left_out"]?.items.compactMap { $0["name"]?.string } ?? []
    #expect(rows.first == "small")
    for name in ["pgroll", "gitlab-bbm", "rails-find-each", "django-atomic", "ctid"] {
      #expect(rows.contains(name))
    }
    for name in ["gh-ost", "pt-archiver", "spirit-bytes", "vitess", "lhm"] {
      #expect(out.contains(name) && !rows.contains(name))
    }
    let text = try Self.answer("s.yaml", "--presets", "all", "--trials", "1")
    #expect(text.output.split(separator: "\n").filter { $0.count > 80 } == [])
    #expect(text.output.contains("LEFT OUT"))
  }

  @Test("A preset of other work that is named runs as pacing only, and every output says so")
  func pacingOnly() throws {
    let json = try Self.document(
      Self.answer("s.yaml", "preset:gh-ost", "--trials", "1", "--format", "json"))
    #expect(json["rows"]?.items.map { $0["pacing_only"] } == [.bool(false), .bool(true)])
    let text = try Self.answer("s.yaml", "preset:gh-ost", "--trials", "1")
    #expect(text.output.contains("Pacing only, over this engine's own batches: gh-ost."))
    #expect(text.errors.contains("warning[RH0530]"))
  }

  @Test("A kept run of the same seed is paired, and equals the scenario it came from")
  func keptRun() throws {
    try Command.inFolder { command in
      try command.write(Self.scenario(), to: "s.yaml")
      _ = try command.run("simulate", "s.yaml", "--trials", "3")
      let document = try Self.document(
        command.run("compare", "s.yaml", "run:latest", "--trials", "3", "--format", "json"))
      let found = try #require(
        document["differences"]?.items.first { $0["metric"] == .string("backfill.duration") })
      #expect(found["value"] == .number(0))
      #expect(found["paired"] == .bool(true))
    }
  }

  @Test("Different work is never put in one ranking")
  func differentWork() throws {
    try Command.inFolder { command in
      try command.write(Self.scenario(), to: "a.yaml")
      try command.write(Self.scenario(table: "u"), to: "b.yaml")
      let document = try Self.document(
        command.run("compare", "a.yaml", "b.yaml", "--trials", "1", "--format", "json"))
      #expect(document["differences"]?.items == [])
      #expect(document["sentence"]?.string?.contains("no ranking") == true)
    }
  }

  @Test(
    "What is not there is explained: unknown names 65 with the nearest, missing inputs 66",
    arguments: [
      (["s.yaml", "preset:pgrol"], 65, "did you mean \"pgroll\"?"),
      (["s.yaml", "preset:pt-osc"], 65, "it is called \"pt-online-schema-change\""),
      (["s.yaml", "variant:slwo"], 65, "did you mean \"slow\"?"),
      (["s.yaml", "run:nothing"], 66, "nothing"), (["s.yaml", "baseline:nothing"], 66, "nothing"),
      (["s.yaml", "nowhere.yaml"], 66, "nowhere.yaml"), (["s.yaml"], 64, "nothing to compare"),
      (["variant:slow", "run:x"], 64, "needs a scenario"),
      (["s.yaml", "variant:slow", "--out", "html=x"], 64, "text or json"),
    ] as [([String], Int32, String)])
  func missing(arguments: [String], status: Int32, words: String) throws {
    try Command.inFolder { command in
      try command.write(Self.scenario(), to: "s.yaml")
      let answer = try command.finish(command.start(["compare"] + arguments))
      #expect(answer.status == status)
      #expect(answer.output.isEmpty)
      #expect(answer.errors.contains(words), "\(answer.errors)")
    }
  }

  @Test("A name cannot steer the terminal")
  func hostile() throws {
    let answer = try Self.answer("s.yaml", "preset:\u{1B}[31mred\u{202E}")
    #expect(answer.status == 65)
    #expect(!answer.errors.contains("\u{1B}") && !answer.errors.contains("\u{202E}"))
  }
}
