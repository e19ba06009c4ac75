import Gates
import Primitives
import Strategies
import Testing
import Traffic

@testable import Scenarios

/// Variants, `--set`, presets and where each value then says it comes from.
@Suite struct MergeTests {
  private func load(variant: String? = nil, _ sets: String...) throws -> LoadedScenario {
    try loadOrPrint { () throws(ScenarioFailure) in
      try ScenarioFile.load(text: fullScenario, path: "full.yaml", variant: variant, sets: sets)
    }
  }

  private func codes(_ sets: String...) -> [String] {
    ScenarioFile.problems(text: fullScenario, path: "full.yaml", sets: sets)
      .filter { $0.severity == .error }.map(\.code)
  }

  @Test("In a variant maps merge, alternatives and lists replace whole, null removes")
  func variants() throws {
    let base = try load()
    #expect(base.variantNames == ["adaptive", "gentle"])
    let adaptive = try load(variant: "adaptive").scenario.strategy
    #expect(adaptive.batch == .targetTime(.milliseconds(300), minRows: 200, maxRows: 20_000))
    #expect(adaptive.workers == 2)
    let gentle = try load(variant: "gentle").scenario.strategy
    #expect((gentle.workers, gentle.throttle) == (1, []))
    #expect(gentle.lockTimeout == .serverPlus(.seconds(10)))
    #expect(gentle.batch == .rows(5_000))
  }

  @Test("An unknown variant is refused with the nearest name")
  func unknownVariant() {
    let failure = #expect(throws: ScenarioFailure.self) {
      _ = try ScenarioFile.load(text: fullScenario, path: "full.yaml", variant: "adaptiv")
    }
    #expect(failure?.problems.first?.code == "RH0702")
    #expect(failure?.problems.first?.hint == "did you mean \"adaptive\"?")
  }

  @Test("A mistake in a variant that is not chosen is found, and nothing of the base is repeated")
  func mistakeInVariant() {
    let text = fullScenario.replacing(
      "{workers: 1, throttle: null", with: "{workers: 0, throttle: null")
    let found = ScenarioFile.problems(text: text, path: "full.yaml")
    #expect(found.map(\.code) == ["RH0205", "RH0512"])
  }

  @Test("--set reaches into lists by name and id, and replaces an alternative when it chooses one")
  func sets() throws {
    #expect(
      try load("strategy.batch.target_time=1s").scenario.strategy.batch
        == .targetTime(.seconds(1), minRows: 200, maxRows: 20_000))
    #expect(try load("strategy.pause.ratio=0.5").scenario.strategy.pause == .ratio(0.5))
    let rate = try load("traffic.checkout.rate=500/s").scenario.traffic[0].arrivals
    #expect(rate == .open(rate: 500, process: .gamma(cv: 1.4)))
    #expect(try load("gates.unserved.expect=<= 2%").scenario.gates[2].limit == .value(0.02))
    #expect(try load("gates[1].level=warn").scenario.gates[1].level == .warn)
    #expect(try load("traffic.checkout.keys.s=1.2").scenario.traffic[0].keys == .zipf(s: 1.2))
    #expect(
      try load("traffic.checkout.keys.distribution=uniform").scenario.traffic[0].keys == .uniform)
    #expect(try load("strategy.throttle=[]").scenario.strategy.throttle == [])
    #expect(try load("backfill.where=null").scenario.backfill?.filter == nil)
    #expect(
      try load(variant: "adaptive", "strategy.batch.max_rows=900").scenario.strategy.batch
        == .targetTime(.milliseconds(300), minRows: 200, maxRows: 900))
  }

  @Test("A --set is checked like the file, and blamed in the argument")
  func wrongSets() throws {
    #expect(codes("strategy.worker=2") == ["RH0101"])
    #expect(codes("strategy.workers=many") == ["RH0206"])
    #expect(codes("strategy.workers=") == ["RH0109"])
    #expect(codes("strategy.pause=50") == ["RH0201"])
    #expect(codes("strategy.workers") == ["RH0701"])
    #expect(codes("traffic.chekout.rate=5/s") == ["RH0701"])
    #expect(codes("traffic[7].rate=5/s") == ["RH0701"])
    #expect(codes("strategy.batch={rows: 5") == ["RH0003"])
    let found = ScenarioFile.problems(
      text: fullScenario, path: "f", sets: ["run.seed=9", "strategy.workers=0"])
    let problem = try #require(found.first)
    #expect((problem.path, problem.line, problem.column, problem.length) == ("--set", 1, 18, 1))
    #expect(problem.sourceLine == "strategy.workers=0")
  }

  @Test("Every value says where it comes from")
  func origins() throws {
    let text = """
      table: {name: orders, rows: 10M, row_width: 200B}
      backfill: {set: {status_v2: "upper(status)"}}
      traffic: [{preset: oltp-mixed, rate: 100/s}]
      database: {preset: rds-r6g.2xlarge-gp3, cores: 4}
      """
    let loaded = try ScenarioFile.load(text: text, path: "o.yaml", sets: ["strategy.workers=3"])
    func origin(_ path: String) -> String? {
      loaded.resolved.first { $0.path == path }.map { "\($0.text) \($0.origin)" }
    }
    #expect(origin("name") == "o default: the file's name without its extension")
    #expect(origin("table.rows") == "10M file:1:29")
    #expect(origin("strategy.workers") == "3 --set")
    #expect(
      origin("strategy.batch.rows")
        == "1000 default: short transactions: the guide says 1,000 to 5,000 rows")
    #expect(origin("database.cores") == "4 file:4:48")
    #expect(origin("database.memory") == "64GiB preset rds-r6g.2xlarge-gp3")
    #expect(origin("database.settings.shared_buffers") == "16GiB preset rds-r6g.2xlarge-gp3")
    #expect(
      origin("database.settings.checkpoint_completion_target")
        == "0.9 default: PostgreSQL's default: 0.5 to 13, 0.9 since 14")
    #expect(origin("backfill.adds")?.hasPrefix("8B default: ") == true)
    #expect(origin("traffic.oltp-mixed-read.rate") == "75/s file:3:38")
    #expect(origin("traffic.oltp-mixed-read.timeout") == "1s preset oltp-mixed")
    #expect(
      origin("traffic.oltp-mixed-write.statements[1].table")?.hasPrefix("orders default") == true)
    #expect(origin("pools.app.size")?.hasPrefix("40 default") == true)
    #expect(origin("traffic.oltp-mixed-read.keys.s") == "0.99 preset oltp-mixed")
    #expect(origin("traffic.oltp-mixed-read.keys.share") == nil)
    #expect(origin("tables") == nil)
    #expect(loaded.resolved.count == Set(loaded.resolved.map(\.path)).count)
  }

  @Test("A key beside a preset wins, null removes what the preset says")
  func besidePreset() throws {
    let text = scenario(
      with: """
        traffic:
          - {preset: oltp-read-heavy, name: shop, rate: 200/s, timeout: null, keys: {distribution: latest}}
        """)
    let traffic = try ScenarioFile.load(text: text, path: "p.yaml").scenario.traffic
    #expect(traffic.map(\.name) == ["shop-read", "shop-write"])
    #expect(
      traffic.map(\.arrivals) == [
        .open(rate: 190, process: .poisson), .open(rate: 10, process: .poisson),
      ])
    #expect(traffic.map(\.timeout) == [nil, nil])
    #expect(traffic.map(\.keys) == [.latest(s: 0.99), .latest(s: 0.99)])
  }
}
