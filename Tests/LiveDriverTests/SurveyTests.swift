import LiveDriver
import Scenarios
import Testing

extension OnAServer {
  @Suite struct SurveyTests {
    @Test("A survey of a table that a scenario made reads as that scenario")
    func roundTrip() async throws {
      let made = try testScenario(
        """
        table:
          name: public.surveyed
          rows: 20k
          row_width: 250B
          fillfactor: 90
          primary_key: {column: id, type: bigint, order: random, gaps: 20%}
          columns: [{name: state, type: text, width: 8B, distinct: 7}]
          indexes: [{name: surveyed_state, columns: [state]}]
        backfill: {set: {target: "upper(state)"}}
        """)
      let text = try await withCluster { cluster in
        let owner = try Connection(cluster.primary.session, applicationName: "rehearse-test")
        _ = try buildTables(made, seed: 2, owner)
        var surveyor = try Surveyor(
          try Connection.readOnly(cluster.primary.session), table: "public.surveyed")
        return surveyor.survey(pause: 0).scenario
      }
      let read = try ScenarioFile.load(text: text, path: "read.yaml").scenario
      let (a, b) = (made.tables[0], read.tables[0])
      #expect(b.rows == a.rows)
      #expect(abs(Double(b.rowWidth) / Double(a.rowWidth) - 1) < 0.02)
      #expect(b.fillfactor == 90)
      #expect(b.primaryKey.column == "id" && b.primaryKey.order == .random)
      #expect(abs(b.primaryKey.gaps - 0.2) < 0.001)
      #expect(b.columns.first { $0.name == "state" }?.distinct == 7)
      #expect(b.indexes.map(\.name) == ["surveyed_state"])
      #expect(read.database.replicas.map(\.name) == ["replica-a"])
      #expect(read.database.settings.maxWALSize == 1 << 30)
      #expect(text.contains("pg_class.reltuples"))
    }

    @Test("Without rights on the table the survey says what it could not read")
    func fewRights() async throws {
      let survey = try await withCluster { cluster in
        let server = cluster.primary
        let administrator = try Connection(server.administration, applicationName: "rehearse-test")
        try administrator.execute(
          "CREATE TABLE closed AS SELECT n AS id FROM generate_series(1, 100) AS n")
        try administrator.execute("CREATE ROLE visitor LOGIN")
        var surveyor = try Surveyor(
          try Connection.readOnly(server.session.with("user", "visitor")), table: "closed")
        return surveyor.survey(pause: 0)
      }
      #expect(survey.unknown.contains { $0.contains("permission denied") })
      #expect(survey.columns.count == 1)
      let text = survey.scenario
      #expect(throws: Never.self) { try ScenarioFile.load(text: text, path: "read.yaml") }
    }

    @Test("A table that is not there is said, whatever its name")
    func missing() async throws {
      let name = "nowhere\"; DROP TABLE x; --"
      let error = await #expect(throws: TableSurvey.NotThere.self) {
        try await withSession { session in _ = try Surveyor(session, table: name) }
      }
      #expect(error?.name == name)
    }
  }
}
