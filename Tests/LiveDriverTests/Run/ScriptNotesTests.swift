import Scenarios
import Scripts
import Testing

@Suite("What a script says that it does otherwise")
struct ScriptNotesTests {
  private func notes(
    _ strategy: String, _ language: BackfillScript.Language
  ) throws -> [String] {
    var live = LiveScenario("notes")
    live.backfill = "{set: {n: \"n + 1\"}}"
    live.strategy = strategy
    let script = try BackfillScript(live.scenario, in: language, source: "s.yaml", version: "1")
    for note in script.notes { #expect(script.text.contains("Unlike the strategy: \(note).")) }
    return script.notes
  }

  @Test(
    "A part of the strategy that only some languages have is named in the others",
    arguments: [
      ("{batch: {target_time: 1s}}", "steered towards a time", [BackfillScript.Language.psql]),
      ("{batch: {rows: 9}, pause: {ratio: 2}}", "rests 0.1 s", [.psql, .rails, .django]),
      ("{batch: {rows: 9}, give_up: split}", "not halved", [.psql]),
      ("{batch: {rows: 9}, statement: per_row}", "not one by one", [.psql]),
      ("{planner: monolithic, statement: per_row}", "not one by one", []),
      (
        "{batch: {rows: 9}, throttle: [{abort_when: locks.waiting > 5, for: 1s}]}",
        "nothing ends it on locks.waiting", [.psql, .bash, .django]
      ),
      ("{batch: {rows: 9}, retry: {on: [lock_timeout]}}", "all tried again", []),
      ("{batch: {rows: 9}, workers: 2}", "one worker instead of 2", []),
      ("{batch: {rows: 9}, pause: 1s}", "Unlike", [.psql, .bash, .rails, .django]),
    ])
  func languages(
    strategy: String, words: String, having: [BackfillScript.Language]
  ) throws {
    for language in [BackfillScript.Language.psql, .bash, .rails, .django] {
      let said = try notes(strategy, language).contains { $0.contains(words) }
      #expect(said != having.contains(language), "\(language)")
    }
  }

  @Test(
    "Programs that do other work are refused, with what to ask for instead",
    arguments: [BackfillScript.Language.ghost, .ptArchiver])
  func refused(language: BackfillScript.Language) {
    let refusal = #expect(throws: BackfillScript.Refusal.self) { try notes("{}", language) }
    #expect(refusal?.help == "--as psql, bash, rails or django")
  }
}
