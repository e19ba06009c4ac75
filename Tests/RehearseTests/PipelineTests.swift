import Foundation
import Testing

@Suite("What a pipeline runs")
struct PipelineTests {
  /// Application and backfill meet on few rows, and one replica's thin link falls behind the log.
  private static let scenario = """
    version: 1
    name: small
    table:
      name: t
      rows: 20k
      row_width: 100B
      fillfactor: 50
      columns: [{name: v, type: text, width: 8B, distinct: 9}]
      indexes:
        - {name: other, columns: [w], distinct: 9}
    backfill: {set: {v: "1"}, deadline: 10min}
    strategy:
      batch: {rows: 200}
      pause: 20ms
      throttle:
        - {pause_when: replica.lag_bytes > 20KiB, every: 20ms}
    traffic: [{name: app, rate: 50/s, statements: [{kind: update, rows: 1, by: primary_key}]}]
    database: {replicas: [{name: r, network: 1MiB/s}]}
    gates:
      - {id: lag, metric: replica.lag.max, expect: "<= LAG"}
      - {id: locks, metric: backfill.batch.duration.max, expect: "<= BATCH"}
      - {id: log, metric: wal.bytes, expect: "<= LOG"}
    run: {seed: 3, warmup: 1s, before: 2s, after: 2s, trials: 36}

    """

  private static func scenario(lag: String, batch: String, log: String) -> String {
    scenario.replacing("LAG", with: lag).replacing("BATCH", with: batch).replacing("LOG", with: log)
  }

  @Test("Outputs of every kind are written, and the exit says what the gates say")
  func outputs() throws {
    try Command.inFolder { command in
      try command.write(Small.scenario(gates: Small.failing), to: "s.yaml")
      let kinds = [
        "text", "json", "html", "markdown", "junit", "csv", "openmetrics", "sarif", "github",
      ]
      let arguments =
        ["ci", "s.yaml", "--no-history", "--trials", "3"]
        + kinds.flatMap { ["--out", "\($0)=out.\($0)"] }
      let answer = try command.finish(command.start(arguments))
      #expect(answer.status == 2)
      for kind in kinds { #expect(try !command.read("out.\(kind)").isEmpty, "\(kind)") }
      #expect(try command.read("out.github").hasPrefix("::error file=s.yaml,line=8,col=14,title="))
      let document = try JSON.parse(command.read("out.json"))
      #expect(document["schema"] == .string("rehearse.runs/1"))
      #expect(document["runs"]?.items.count == 1)
    }
  }

  @Test("On GitHub it annotates on stderr and adds to the step summary; stdout is one document")
  func github() throws {
    try Command.inFolder { command in
      try command.write(Small.scenario(gates: Small.undecided), to: "s.yaml")
      try command.write("before\n", to: "summary.md")
      let answer = try command.run(
        "ci", "s.yaml", "--no-history", "--trials", "2", "--format", "json",
        environment: ["GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": command.path("summary.md")])
      #expect(answer.status == 3)
      #expect(answer.errors.contains("::error file=s.yaml,line=8,"))
      #expect(try JSON.parse(answer.output)["runs"]?.items.count == 1)
      let summary = try command.read("summary.md")
      #expect(summary.hasPrefix("before\n### `small`: **INCONCLUSIVE**"))
      // Both trials pass: 36 of 36 would decide.
      #expect(summary.contains("About 36 trials would decide."))
    }
  }

  @Test("An invalid scenario is annotated on its line, exit 65")
  func invalid() throws {
    try Command.inFolder { command in
      try command.write(Small.scenario().replacing("rows: 200}", with: "rowz: 200}"), to: "s.yaml")
      let answer = try command.run(
        "ci", "s.yaml", "--no-history", "--out", "sarif=s.sarif",
        environment: ["GITHUB_ACTIONS": "true"])
      #expect(answer.status == 65)
      #expect(answer.errors.contains("::error file=s.yaml,line=5,col="))
      #expect(try command.read("s.sarif").contains("\"startLine\" : 5"))
    }
  }

  @Test("A baseline is a file; the same scenario is never worse, whatever the number of threads")
  func baseline() throws {
    try Command.inFolder { command in
      try command.write(Small.scenario(), to: "s.yaml")
      let saved = try command.run("baseline", "save", "s.yaml", "--trials", "6")
      #expect(saved.status == 0)
      #expect(saved.output == "baselines/small.json: small, verdict none\n")
      let again = try command.run("ci", "s.yaml", "--no-history", "--trials", "6", "-j", "3")
      #expect(again.status == 0)
      #expect(again.output.contains("BASELINE  small, trials in pairs"))
      let other = try command.run("baseline", "check", "s.yaml", "--trials", "6", "--seed", "9")
      #expect(other.status == 0)
      #expect(other.output.contains("not in pairs: another seed"))
      let list = try command.run("baseline", "list")
      #expect(list.output.contains("small     small     none        3       6"))
    }
  }

  @Test("A missing baseline, another scenario's and a damaged one are explained: 66, 65, 65")
  func unmatched() throws {
    try Command.inFolder { command in
      try command.write(Small.scenario(), to: "s.yaml")
      _ = try command.run("baseline", "save", "s.yaml", "--trials", "2", "--name", "mine")
      let missing = try command.run("ci", "s.yaml", "--no-history", "--baseline", "other")
      #expect(missing.status == 66)
      #expect(missing.errors.contains("there are: mine"))
      try command.write(
        Small.scenario().replacing("name: small", with: "name: large"), to: "l.yaml")
      let unlike = try command.run("ci", "l.yaml", "--no-history", "--baseline", "mine")
      #expect(unlike.status == 65)
      #expect(unlike.errors.contains("is of scenario \"small\", not of \"large\""))
      try command.write("{", to: "baselines/mine.json")
      #expect(try command.run("ci", "s.yaml", "--baseline", "mine").status == 65)
      #expect(try command.run("ci", "s.yaml", "--baseline", "../s").status == 64)
    }
  }

  @Test(
    "A hundred runs of an unchanged scenario, each on a seed of its own, are never worse",
    .enabled(if: Command.optimised != nil, "make build first: an unoptimised build is too slow"))
  func unchanged() throws {
    guard let executable = Command.optimised else { return }
    try Command.inFolder { command in
      try command.write(Self.scenario(lag: "1h", batch: "1h", log: "1TiB"), to: "s.yaml")
      _ = try command.run("baseline", "save", "s.yaml", executable: executable)
      for seed in 100..<200 {
        let answer = try command.run(
          "ci", "s.yaml", "--no-history", "--seed", "\(seed)", executable: executable)
        #expect(answer.status == 0, "seed \(seed): \(answer.output)")
        #expect(answer.output.contains("not in pairs: another seed"))
      }
    }
  }

  @Test("Ten times the batch, no throttle, an index on the updated column: exit 2, on their lines")
  func regressions() throws {
    try Command.inFolder { command in
      let sound = Self.scenario(lag: "1h", batch: "1h", log: "1TiB")
      try command.write(sound, to: "s.yaml")
      #expect(try command.run("baseline", "save", "s.yaml").status == 0)
      #expect(try command.run("ci", "s.yaml", "--no-history").status == 0)
      for (old, new, line) in [
        ("{rows: 200}", "{rows: 2000}", 13),
        ("    - {pause_when: replica.lag_bytes > 20KiB, every: 20ms}\n", "    []\n", 16),
        ("columns: [w]", "columns: [v]", 10),
      ] {
        let text = sound.replacing(old, with: new)
        #expect(text != sound)
        try command.write(text, to: "s.yaml")
        let answer = try command.run(
          "ci", "s.yaml", "--no-history", "--out", "github=found.txt")
        #expect(answer.status == 2, "\(new): \(answer.output)")
        let found = try command.read("found.txt")
        #expect(found.contains("::error file=s.yaml,line=\(line),"), "\(new): \(found)")
      }
    }
  }
}
