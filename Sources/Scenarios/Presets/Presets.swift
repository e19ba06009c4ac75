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
    /// Of a strategy: engines and kinds of work that it is made for.
    package var fits = Fit()
    /// Of a strategy: the program, version and date whose rules these are; empty where it is ours.
    package var source = ""
    /// Of a strategy: what the program does that this does not.
    package var leavesOut = ""
  }

  /// What a strategy's preset is made for.
  package struct Fit: Sendable, Hashable {
    package var engines: [Database.Engine] = Database.Engine.allCases
    package var kinds: [String] = ["update"]

    package func covers(_ engine: Database.Engine, _ kind: String) -> Bool {
      engines.contains(engine) && kinds.contains(kind)
    }

    /// `mysql; copy`.
    package var text: String {
      let names = engines == Database.Engine.allCases ? ["any engine"] : engines.map(\.rawValue)
      return names.joined(separator: ", ") + "; " + kinds.joined(separator: ", ")
    }
  }

  /// The keys of a strategy that a runner keeps on an engine or a kind of work that is not its own: how
  /// large, how soon, how often again and who waits for whom, over the native batch.
  package static let pacingKeys: Set = [
    "batch", "rounds", "pause", "throttle", "sensors", "lock_timeout", "retry", "give_up",
  ]

  package static let all: [Preset] =
    ownStrategies + postgresRunners + mysqlRunners + traffic + databases

  package static func names(of family: Family) -> [String] {
    all.filter { $0.family == family }.map(\.name)
  }

  package static func named(_ name: String, in family: Family) -> Preset? {
    all.first { $0.family == family && $0.name == name }
  }

  /// What was probably meant by a name that is none: a sentence.
  package static func hint(for name: String, in family: Family? = nil) -> String {
    let known = all.filter { family == nil || $0.family == family }.map(\.name)
    if let other = otherNames[name.lowercased()] { return "it is called \"\(other)\"" }
    if let near = Suggestion.nearest(to: name, among: known) { return "did you mean \"\(near)\"?" }
    return "known: " + known.joined(separator: ", ")
  }

  /// Names under which people look for a preset that is called otherwise here.
  static let otherNames = [
    "pt-osc": "pt-online-schema-change", "spirit": "spirit-bytes", "gitlab": "gitlab-bbm",
    "gitlab-batched-background-migrations": "gitlab-bbm", "maintenance_tasks": "job-iteration",
    "maintenance-tasks": "job-iteration", "online_migrations": "online-migrations",
    "strong_migrations": "strong-migrations", "find_each": "rails-find-each",
    "in_batches": "rails-in-batches", "bulk_save_objects": "bulk-save-objects",
    "sqlalchemy": "bulk-save-objects", "django": "django-atomic",
    "django-runpython": "django-atomic",
    "vreplication": "vitess", "single-update": "monolithic", "skip-locked": "skip-locked-queue",
  ]

  /// Runners and platforms that people will ask for; refused until their rules are modelled.
  static let notBuilt: [Family: [String]] = [
    .strategy: [
      "pg-osc", "fb-osc", "reshape", "graph-node", "supabase", "pgslice", "shadow-table",
      "spirit-autoscale", "vitess-lag-rate", "freno",
    ],
    .traffic: [
      "tpcc", "ycsb-a", "ycsb-b", "sysbench-oltp", "pgbench-simple-update", "pgbench-select-only",
    ],
    .database: [
      "aurora", "aurora-postgresql", "alloydb", "neon", "cloudsql", "rds-mysql", "mariadb",
    ],
  ]
}
