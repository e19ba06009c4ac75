import Scenarios
import Testing

@testable import LiveDriver

extension OnAServer {
  @Suite("What may be done twice to a row")
  struct TwiceTests {
    private static func text(_ backfill: String, _ session: Connection) throws -> BackfillText {
      var live = LiveScenario("twice")
      live.backfill = backfill
      let scenario = try live.scenario
      return BackfillText(
        try .read(scenario.tables[0], on: session), try #require(scenario.backfill),
        scenario.strategy)
    }

    @Test("Nothing that reads what it sets, the table, or chance; nor with a trigger beside it")
    func expressions() async throws {
      try await withSession { session in
        var live = LiveScenario("twice")
        live.rows = 10
        try live.fill(session)
        try session.execute(
          """
          CREATE FUNCTION twice.looks(bigint) RETURNS text STABLE LANGUAGE sql
            AS 'SELECT max(v) FROM twice.t';
          CREATE FUNCTION twice.pure(text) RETURNS text IMMUTABLE LANGUAGE sql AS 'SELECT $1'
          """)
        for (backfill, reason) in [
          ("{set: {v: \"upper(note)\"}}", nil),
          ("{set: {v: \"'none'\"}}", nil),
          ("{set: {v: \"note || now()::text\"}}", nil),
          ("{set: {v: \"twice.pure(note)\"}, where: \"v IS NULL\"}", nil),
          ("{set: {v: \"upper(note)\", n: \"id\"}}", nil),
          ("{set: {n: \"n + 1\"}}", "reads n"),
          ("{set: {n: \"\\\"n\\\" + 1\"}}", "reads n"),
          ("{set: {n: \"N + 1\"}}", "reads n"),
          ("{set: {v: \"upper(note)\", n: \"length(v)\"}}", "reads v"),
          ("{set: {v: \"(SELECT max(note) FROM twice.t)\"}}", "reads the table itself"),
          ("{set: {v: \"t::text\"}}", "reads the table itself"),
          ("{set: {v: \"random()::text\"}}", "VOLATILE"),
          ("{set: {v: \"(SELECT clock_timestamp())::text\"}}", "VOLATILE"),
          ("{set: {v: \"upper(note)\"}, where: \"random() < 2\"}", "VOLATILE"),
          ("{set: {v: \"twice.looks(id)\"}}", "calls looks"),
        ] as [(String, String?)] {
          let found = try Self.text(backfill, session).whyNotTwice(on: session)
          #expect((found == nil) == (reason == nil), "\(backfill): \(found ?? "may")")
          #expect(found?.contains(reason ?? "") ?? true, "\(backfill): \(found ?? "")")
        }
        try session.execute(
          """
          CREATE FUNCTION twice.audit() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
          CREATE TRIGGER audit AFTER UPDATE ON twice.t FOR EACH ROW EXECUTE FUNCTION twice.audit()
          """)
        let found = try Self.text("{set: {v: \"upper(note)\"}}", session).whyNotTwice(on: session)
        #expect(found == "trigger audit runs at every update")
      }
    }
  }
}
