/// Scenarios small enough to simulate in a blink.
enum Small {
  /// Two thousand rows, twenty transactions a second, a few seconds around the backfill.
  static func scenario(gates: String = "[]") -> String {
    """
    version: 1
    name: small
    table: {name: t, rows: 2k, row_width: 100B}
    backfill: {set: {v: "1"}, deadline: 10min}
    strategy: {batch: {rows: 200}, pause: 10ms}
    traffic: [{name: app, rate: 20/s, statements: [{kind: update, rows: 1, by: primary_key}]}]
    database: {replicas: [{name: r, network: 100MiB/s}]}
    gates: \(gates)
    run: {seed: 3, warmup: 1s, before: 2s, after: 2s}

    """
  }

  static let passing = "[{id: soon, metric: backfill.duration, expect: \"mean <= 10min\"}]"
  static let failing = "[{id: soon, metric: backfill.duration, expect: \"<= 1us\"}]"
  /// Two trials cannot show that nine in ten pass.
  static let undecided = "[{id: soon, metric: backfill.duration, expect: \"<= 10min\"}]"
}
