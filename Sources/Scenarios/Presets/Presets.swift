/// Named parts of a scenario, written as scenarios are.
package enum Presets {
  package enum Family: String, Sendable, CaseIterable { case strategy, traffic, database }

  /// What a preset fills in, and where its numbers come from.
  package struct Preset: Sendable {
    package var family: Family
    package var name: String
    package var doc: String
    /// YAML of the section it fills; for traffic a list of classes, whose `rate` is a share.
    package var text: String
    /// Engines and kinds of work that it fits, where those are not all.
    package var fits = ""
  }

  package static let all: [Preset] = strategies + traffic + databases

  package static func names(of family: Family) -> [String] {
    all.filter { $0.family == family }.map(\.name)
  }

  package static func named(_ name: String, in family: Family) -> Preset? {
    all.first { $0.family == family && $0.name == name }
  }

  /// Runners and platforms that people will ask for; refused until their rules are modelled.
  static let notBuilt: [Family: [String]] = [
    .strategy: [
      "gh-ost", "pt-online-schema-change", "pt-osc", "pt-archiver", "spirit", "vitess", "lhm",
      "fb-osc", "gitlab", "gitlab-batched-background-migrations", "pgroll", "reshape",
      "online_migrations", "strong_migrations", "rails-in-batches", "maintenance_tasks",
      "safe-pg-migrations", "django", "django-runpython", "graph-node", "supabase", "pgslice",
      "ctid", "shadow-table",
    ],
    .traffic: [
      "tpcc", "ycsb-a", "ycsb-b", "sysbench-oltp", "pgbench-simple-update", "pgbench-select-only",
    ],
    .database: [
      "aurora", "aurora-postgresql", "alloydb", "neon", "cloudsql", "rds-mysql", "mariadb",
    ],
  ]

  static let strategies = [
    Preset(
      family: .strategy, name: "keyset",
      doc: "Batches of consecutive primary keys, each starting where the one before ended.",
      text: "{batch: {rows: 1000}, statement: range}",
      fits: "postgresql; update"),
    Preset(
      family: .strategy, name: "monolithic",
      doc: "One UPDATE over the whole table in one transaction: what the guide warns of.",
      text: "{workers: 1, retry: {max: 0}}", fits: "postgresql; update"),
    Preset(
      family: .strategy, name: "offset",
      doc: "Batches found by OFFSET, whose cost grows with the offset.",
      text: "{batch: {rows: 1000}, statement: keys}",
      fits: "postgresql; update"),
  ]
}
