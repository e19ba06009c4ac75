import Scenarios
import Testing

@Suite("Project configuration")
struct ProjectConfigurationTests {
  @Test("Allowed targets are read with their exceptions")
  func targets() throws {
    let project = try ProjectConfiguration(
      text: """
        targets:
          - {host: db.staging.internal, database: shop}
          - {host: /run/sql, database: live_copy, allow: [production_name, superuser]}
        """, path: "rehearse.yaml")
    #expect(
      project.targets == [
        AllowedTarget(host: "db.staging.internal", database: "shop"),
        AllowedTarget(
          host: "/run/sql", database: "live_copy", exceptions: [.productionName, .superuser]),
      ])
    #expect(try ProjectConfiguration(text: "", path: "rehearse.yaml").targets == [])
  }

  @Test(
    "What is not understood allows nothing and is an error",
    arguments: [
      "targets: [{host: db}]", "targets: [{host: db, database: shop, allow: [everything]}]",
      "target: [{host: db, database: shop}]", "targets: {host: db", "- targets",
    ])
  func invalid(text: String) {
    #expect {
      try ProjectConfiguration(text: text, path: "rehearse.yaml")
    } throws: { error in
      guard case .invalid(let problems) = error as? ScenarioFailure else { return false }
      return problems.contains { $0.path == "rehearse.yaml" }
    }
  }
}
