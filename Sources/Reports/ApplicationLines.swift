import Measurements

/// What the application felt, class by class, before, during and after the backfill.
struct ApplicationLines {
  var run: RunRecord

  private static let phases = ["before", "during", "after"]

  var lines: [String] {
    let classes = run.labels("class", of: "app.latency.p99")
    guard !classes.isEmpty else { return [] }
    var columns = Columns([.left, .left, .right, .right, .right], indent: 2)
    columns.add(["", ""] + Self.phases)
    for name in classes {
      var label = name
      for (title, metric) in [
        ("p50", "app.latency.p50"), ("p99", "app.latency.p99"), ("longest", "app.latency.max"),
        ("unserved", "app.unserved_ratio"),
      ] {
        columns.add([label, title] + cells(metric, ["class": name]))
        label = ""
      }
    }
    columns.add(["row locks", "waits"] + cells("locks.waits", ["who": "app"]))
    columns.add(["", "mean wait"] + cells("locks.wait.mean", ["who": "app"]))
    columns.add(["", "most blocked"] + cells("app.blocked.max", [:]))
    var lines = columns.lines
    lines[0] = "APPLICATION" + lines[0].dropFirst(11)
    return lines
  }

  private func cells(_ name: String, _ labels: [String: String]) -> [String] {
    Self.phases.map { phase in
      run.metric(name, labels.merging(["phase": phase]) { $1 })?.text ?? "-"
    }
  }
}
