import Gates
import Scenarios
import Testing

@testable import Measurements

@Suite("The recorder and the catalogue of metrics")
struct CatalogTests {
  private var emitted: [MetricKey] {
    let rule = gate(MetricKey("app.latency.p99", ["class": "checkout"]), .value(0.1))
    var recorder = Recorder(plan: plan(gates: [rule]))
    recorder.begin(.before, at: at(0))
    recorder.begin(.during, at: at(10))
    recorder.backfillEnded(at: at(20))
    return recorder.finish(at: at(30), drained: [nil]).values.map(\.metric)
  }

  @Test("Every metric that is recorded is in the catalogue, with labels it knows")
  func known() {
    for key in emitted {
      let entry = MetricCatalog.named(key.name)
      #expect(entry != nil, "\(key)")
      for label in key.labels { #expect(entry?.labels.contains(label.name) == true, "\(key)") }
    }
  }

  @Test("Every metric of the catalogue is recorded, under every label and value that it knows")
  func complete() {
    let emitted = emitted
    for metric in MetricCatalog.all {
      let mine = emitted.filter { $0.name == metric.name }
      #expect(mine.contains { $0.labels.map(\.name) == metric.labels }, "\(metric.name)")
      for label in metric.labels {
        for value in MetricCatalog.labelValues[label] ?? [] where value != "before" {
          #expect(mine.contains { $0[label] == value }, "\(metric.name){\(label)=\(value)}")
        }
      }
    }
  }
}
