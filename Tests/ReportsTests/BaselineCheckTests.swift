import Gates
import Testing

@testable import Measurements
@testable import Reports

@Suite("A run against its baseline")
struct BaselineCheckTests {
  private func check(_ now: RunRecord, _ then: RunRecord) -> BaselineCheck {
    BaselineCheck(now, against: then, named: "main")
  }

  @Test("A hundred unchanged runs are never worse: with the baseline's seed, nor with others")
  func unchanged() {
    let baseline = Sample.wholeRun(noise: 0.2)
    #expect(!check(baseline, baseline).isRegression)
    #expect(check(baseline, baseline).rows.allSatisfy { $0.before == $0.after && $0.low == 0 })
    for seed in 100..<200 as Range<UInt64> {
      let again = check(Sample.wholeRun(seed: seed, noise: 0.2), baseline)
      #expect(!again.isRegression, "seed \(seed): \(again.text)")
      #expect(!again.isPaired && again.reason == "another seed")
    }
  }

  @Test("Twice the latency is worse, half of it is not, and a change within 5% is none")
  func regression() {
    let baseline = Sample.wholeRun()
    let worse = check(Sample.wholeRun(scale: 2), baseline)
    #expect(worse.isPaired)
    #expect(
      worse.worse.map(\.name) == [
        "app.latency.p99{class=checkout,phase=during}", "gate app-p99",
      ])
    #expect(!check(Sample.wholeRun(scale: 0.5), baseline).isRegression)
    #expect(!check(Sample.wholeRun(scale: 1.04), baseline).isRegression)
    #expect(check(Sample.wholeRun(scale: 1.06), baseline).isRegression)
  }

  @Test("Another model version is compared without pairs, and still found to be worse")
  func model() {
    var baseline = Sample.wholeRun()
    baseline.header.modelVersion = 2
    let check = check(Sample.wholeRun(scale: 2), baseline)
    #expect(!check.isPaired && check.isRegression && check.reason == "another model version")
  }

  @Test("A run that no longer ends is worse; two that do not end are no change")
  func endless() {
    let baseline = Sample.wholeRun()
    var endless = baseline
    endless.samples?.metrics[1].values[3] = .infinity
    #expect(check(endless, baseline).worse.map(\.name) == ["backfill.duration"])
    #expect(!check(endless, endless).isRegression)
    #expect(!check(baseline, endless).isRegression)
  }

  @Test("What changed in the scenario is blamed on its line; what is gone, where it was")
  func places() {
    let setting = { RunRecord.Setting(path: $0, value: $1, origin: $2) }
    var baseline = Sample.wholeRun()
    baseline.header.scenario = [
      setting("strategy.workers", "2", "file:7:12"),
      setting("strategy.batch.rows", "500", "file:8:17"),
      setting("strategy.throttle[0].pause_when", "replica.lag > 5s", "file:9:20"),
    ]
    var now = Sample.wholeRun(scale: 2)
    now.header.scenario = [
      setting("strategy.workers", "2", "file:7:12"),
      setting("strategy.batch.rows", "5000", "file:8:17"),
      setting("strategy.throttle", "[]", "default: none"),
      setting("table.indexes.i.columns[0]", "v", "file:3:9"),
    ]
    let check = check(now, baseline)
    #expect(
      check.changes.map(\.words) == [
        "strategy.batch.rows was 500, is 5000", "strategy.throttle is new: []",
        "table.indexes.i.columns[0] is new: v",
        "strategy.throttle[0].pause_when is gone; it was replica.lag > 5s",
      ])
    #expect(check.changes.map(\.line) == [8, 7, 3, 7])
    let findings = check.findings(RunPage.Input(now, source: "s.yaml"))
    #expect(findings.map(\.line) == [1, 8, 7, 3])
    #expect(findings[1].message.hasPrefix("strategy.batch.rows was 500, is 5000. Since then "))
    #expect(self.check(baseline, baseline).findings(RunPage.Input(now)).isEmpty)
  }
}
