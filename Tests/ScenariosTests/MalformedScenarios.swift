import Testing

/// One edit of the full scenario that has to be refused; `«` and `»` enclose what is blamed.
struct Malformed: Sendable, CustomTestStringConvertible {
  var code: String
  var find: String
  var replace: String
  /// No other error follows from this one.
  var alone: Bool
  /// Where the blame is, if not in the replaced text.
  var elsewhere: String?

  init(_ code: String, _ find: String, _ replace: String, alone: Bool = true) {
    self.code = code
    self.find = find
    self.replace = replace
    self.alone = alone
  }

  var testDescription: String { "\(code): \(replace)" }
}

extension Malformed {
  static let misspelled: [Malformed] = [
    .init("RH0101", "version: 1", "«vesion»: 1"),
    .init("RH0101", "description:", "«descripton»:"),
    .init("RH0101", "backfill:\n", "«backfil»:\n", alone: false),
    .init("RH0101", "fillfactor:", "«fill_factor»:"),
    .init("RH0101", "primary_key: {", "«primarykey»: {"),
    .init("RH0101", "gaps: 5%", "«gap»: 5%"),
    .init("RH0101", "distinct: 7", "«distnct»: 7"),
    .init("RH0101", "filter_indexed:", "«filter_index»:"),
    .init("RH0101", "rows_matching:", "«row_matching»:"),
    .init("RH0101", "deadline: 5h", "«dedline»: 5h", alone: false),
    .init("RH0101", "workers: 2\n", "«worker»: 2\n"),
    .init("RH0101", "lock_timeout: 1s", "«lock_timout»: 1s"),
    .init("RH0101", "give_up:", "«giveup»:"),
    .init("RH0101", "max_backoff: 5s", "«maxbackoff»: 5s"),
    .init("RH0101", "every: 1s}\n    - {abort", "«evry»: 1s}\n    - {abort"),
    .init("RH0101", "on_unknown: pause", "«on_unkown»: pause"),
    .init("RH0101", "objective:", "«objectiv»:"),
    .init("RH0101", "curve: {", "«curves»: {"),
    .init(
      "RH0101", "statements:\n      - {kind: select, rows: 1, ",
      "«statement»:\n      - {kind: select, rows: 1, ", alone: false),
    .init("RH0101", "scatter: true", "«scater»: true"),
    .init("RH0101", "timeout: 250ms", "«time_out»: 250ms"),
    .init("RH0101", "wait_timeout: 100ms", "«wait_time»: 100ms"),
    .init("RH0101", "cores: 8\n", "«core»: 8\n"),
    .init("RH0101", "read_latency: 600us", "«read_latecy»: 600us"),
    .init("RH0101", "checkpoint_timeout:", "«checkpoint_time»:"),
    .init("RH0101", "network: 120MiB/s", "«netwrok»: 120MiB/s"),
    .init("RH0101", "take: worst", "«takes»: worst"),
    .init("RH0101", "assurance: 90%", "«asurance»: 90%"),
    .init("RH0102", "workers: 2\n", "«max_lag»: 10s\n"),
    .init("RH0102", "cores: 8\n", "«vcpu»: 8\n"),
    .init("RH0103", "workers: 2\n", "workers: 2\n  «workers»: 4\n"),
    .init("RH0103", "gates:\n", "«name»: again\ngates:\n"),
    .init("RH0104", "  name: public.orders\n", "").at("table:\n  «r»ows"),
  ]

  static let units: [Malformed] = [
    .init("RH0201", "rate: 420/s", "rate: «420»"),
    .init("RH0201", "row_width: 310B", "row_width: «310»"),
    .init("RH0201", "pause: 50ms\n", "pause: «0»\n"),
    .init("RH0201", "memory: 64GiB", "memory: «64»"),
    .init("RH0201", "memory: 64GiB", "memory: «64G»"),
    .init("RH0201", "throughput: 500MiB/s", "throughput: «500»"),
    .init("RH0201", "rows_matching: 80%", "rows_matching: «0.8»"),
    .init("RH0201", "replica.lag > 10s", "replica.lag > «10»"),
    .init("RH0201", "\"mean <= 10s\"", "\"mean <= «10»\""),
    .init("RH0201", "every: 1min", "every: «60»"),
    .init("RH0202", "deadline: 5h", "deadline: «300m»", alone: false),
    .init("RH0202", "warmup: 30s", "warmup: «1m»"),
    .init("RH0203", "timeout: 250ms", "timeout: «250MiB»"),
    .init("RH0203", "network: 120MiB/s", "network: «120MiB»"),
    .init("RH0203", "rate: 420/s", "rate: «420ms»"),
    .init("RH0203", "free_space: 180GiB", "free_space: «180GiB/s»"),
    .init("RH0203", "locks.wait.mean > 50ms", "locks.wait.mean > «50%»"),
    .init("RH0207", "memory: 64GiB", "memory: «64GIB»"),
    .init("RH0207", "before: 5min", "before: «5minutes»"),
    .init("RH0207", "checkpoint_timeout: 15min", "checkpoint_timeout: «15mins»"),
    .init("RH0207", "rate: 420/s", "rate: «420rps»"),
    .init("RH0206", "rows: 240M", "rows: «many»"),
    .init("RH0206", "rows: 240M", "rows: «240m rows»"),
    .init("RH0206", "rows: 240M", "rows: «240K»"),
    .init("RH0206", "deadline: 5h", "deadline: «soon»", alone: false),
    .init("RH0203", "cores: 8\n", "cores: «8s»\n"),
    .init("RH0206", "s: 1.07", "s: «steep»"),
    .init("RH0208", "workers: 2\n", "workers: «1.5»\n"),
    .init("RH0208", "adds: 8B", "adds: «0.5B»"),
  ]

  static let traps: [Malformed] = [
    .init("RH0111", "synchronous_commit: \"on\"", "synchronous_commit: «on»"),
    .init("RH0111", "order: ascending", "order: «no»"),
    .init("RH0111", "filter_indexed: false", "filter_indexed: «no»"),
    .init("RH0111", "colocated: false", "colocated: «Off»"),
    .init("RH0111", "name: checkout", "name: «yes»", alone: false),
    .init("RH0113", "start_at: \"01:00\"", "start_at: «01:00»"),
    .init("RH0113", "deadline: 5h", "deadline: «5:00»", alone: false),
    .init("RH0113", "workers: 2\n", "workers: «02»\n"),
    .init(
      "RH0112", "metric: \"app.latency.p99{class=checkout}\", expect: \"<= 40ms\"",
      "metric: «app.latency.p99{class=checkout}», expect: \"<= 40ms\""),
    .init("RH0006", "{max: 0}", "{«<<»: {max: 0}}"),
    .init("RH0007", "  kind: update\n", "«\t»kind: update\n"),
    .init("RH0007", "  batch: {rows: 5000}\n", "«\t»batch: {rows: 5000}\n"),
    .init("RH0009", "gates:\n", "«-»--\ngates:\n"),
    .init("RH0010", "seed: 7", "seed: «!»!int 7"),
    .init("RH0003", "seed: 7", "seed: «*»seed"),
    .init("RH0109", "workers: 2\n", "workers:« »\n"),
    .init("RH0109", "name: public.orders", "name: «~»"),
    .init("RH0105", "batch: {rows: 5000}", "batch: «5000»"),
    .init("RH0105", "columns: [customer_id]", "columns: «customer_id»"),
    .init("RH0105", "rows: 240M", "rows: «[»240M]"),
    .init("RH0105", "retry: {max: 0}", "retry: «[»0]"),
    .init("RH0105", "set: {status_v2: \"upper(status)\"}", "set: «status_v2»", alone: false),
  ]

  static let words: [Malformed] = [
    .init("RH0108", "order: ascending", "order: «asc»"),
    .init("RH0108", "statement: range", "statement: «ranges»"),
    .init("RH0108", "give_up: stop", "give_up: «abort»"),
    .init("RH0108", "lock_timeout: 1s", "lock_timeout: «never»"),
    .init("RH0108", "arrivals: {gamma: {cv: 1.4}}", "arrivals: «pareto»"),
    .init("RH0108", "kind: update, rows", "kind: «upsert», rows", alone: false),
    .init("RH0108", "distribution: zipf", "distribution: «zipfian»"),
    .init("RH0108", "mode: async", "mode: «quorum»"),
    .init("RH0108", "level: warn", "level: «warning»"),
    .init("RH0108", "do: long_transaction", "do: «long_tx»"),
    .init("RH0108", "trials: auto", "trials: «several»"),
    .init("RH0601", "preset: keyset", "preset: «keysets»"),
    .init("RH0602", "preset: keyset", "preset: «pg-osc»"),
    .init("RH0603", "engine: postgresql", "engine: «mariadb»"),
    .init("RH0604", "version: \"16\"", "version: «\"9.6\"»"),
    .init("RH0604", "version: \"16\"", "version: «latest»"),
    .init("RH0107", "kind: update\n", "kind: «delete»\n"),
    .init("RH0107", "fillfactor: 90", "«partitions»: 12"),
    .init("RH0901", "colocated: false", "calibration: «calibrations/staging.json»"),
    .init("RH0107", "gates:\n", "«fleet»: 12\ngates:\n"),
  ]

  static let contradictions: [Malformed] = [
    .init(
      "RH0204", "batch: {rows: 5000}", "batch: {target_time: 1s, min_rows: «900», max_rows: 100}"),
    .init("RH0204", "resume_when: replica.lag < 2s", "resume_when: «replica.lag < 20s»"),
    .init("RH0204", "resume_when: replica.lag < 2s", "resume_when: «replica.lag > 2s»"),
    .init("RH0204", "resume_when: replica.lag < 2s", "resume_when: «app.active < 2»"),
    .init("RH0204", "backoff: 100ms", "backoff: «10s»"),
    .init("RH0204", "\"18:00\": 1.0", "«\"08:00\"»: 1.0"),
    .init("RH0204", "shared_buffers: 16GiB", "shared_buffers: «65GiB»"),
    .init("RH0204", "distinct: 9M", "distinct: «900M»"),
    .init("RH0204", "set: {status_v2: \"upper(status)\"}", "set: {«id»: \"id + 1\"}"),
    .init("RH0204", "burst: none", "burst: {iops: «3000», credits: 5M}"),
    .init("RH0205", "fillfactor: 90", "fillfactor: «9»"),
    .init("RH0205", "rows: 240M", "rows: «0»", alone: false),
    .init("RH0205", "rate: 420/s", "rate: «0/s»"),
    .init("RH0205", "rate: 420/s", "rate: «-420/s»"),
    .init("RH0205", "deadline: 5h", "deadline: «0h»", alone: false),
    .init("RH0205", "workers: 2\n", "workers: «65»\n"),
    .init("RH0205", "assurance: 90%", "assurance: «100%»"),
    .init("RH0205", "rows_matching: 80%", "rows_matching: «120%»"),
    .init("RH0205", "trials: auto", "trials: «0»"),
    .init("RH0205", "size: 40", "size: «0»"),
    .init("RH0205", "row_width: 310B", "row_width: «20kB»"),
    .init("RH0106", "batch: {rows: 5000}", "batch: {rows: 5000, «target_time»: 1s}"),
    .init("RH0106", "batch: {rows: 5000}", "batch: {rows: 5000, «max_rows»: 9000}"),
    .init("RH0106", "batch: {rows: 5000}", "batch: «{»}"),
    .init("RH0106", "rate: 420/s", "rate: 420/s\n    «clients»: 8", alone: false),
    .init("RH0106", "s: 1.07", "«share»: 80%"),
    .init("RH0106", "lock_timeout: 1s", "lock_timeout: «skip_locked»"),
    .init(
      "RH0106", "path: strategy.workers, value: 1",
      "path: strategy.lock_timeout, value: «skip_locked»"),
    .init("RH0106", "do: long_transaction, for: 5min", "do: cancel, «for»: 5min"),
    .init("RH0104", "do: long_transaction, for: 5min", "do: long_transaction").at("«{»at: 20min"),
    .init("RH0110", "id: unserved", "id: «app-p99»"),
    .init("RH0110", "name: history", "name: «checkout»", alone: false),
    .init("RH0114", "name: orders-status", "name: «\"orders\\u202Estatus\"»"),
    .init("RH0114", "name: checkout", "name: «check out»", alone: false),
  ]

  static let gates: [Malformed] = [
    .init("RH0301", "metric: app.unserved_ratio", "metric: «app.unservd_ratio»"),
    .init("RH0301", "metric: replica.lag.max", "metric: «replica.lag»"),
    .init("RH0301", "metric: locks.wait.mean", "metric: «lock_time_avg»"),
    .init("RH0302", "every: 1min", "every: 5s").at(
      "metric: «\"app.latency.p99{class=checkout}\"», expect: \"<= 40ms\""),
    .init(
      "RH0303", "p99{class=checkout}\", expect: \"<= 1.8x",
      "p99{«class=chekout»}\", expect: \"<= 1.8x"),
    .init("RH0303", "metric: replica.lag.max", "metric: \"replica.lag.max{«replica=replica-c»}\""),
    .init("RH0303", "metric: locks.wait.mean", "metric: \"locks.wait.mean{«who=vacuum»}\""),
    .init("RH0307", "metric: backfill.duration", "metric: \"backfill.duration{«phase=during»}\""),
    .init("RH0304", "\"<= 40ms\"", "«\"40ms\"»"),
    .init("RH0304", "\"<= 40ms\"", "\"«==» 40ms\""),
    .init("RH0304", "\"<= 40ms\"", "«\"p99 <= 40ms\"»"),
    .init("RH0304", "\"<= 1.8x before\"", "\"<= «1.8 before»\""),
    .init("RH0305", "\"<= 40ms\"", "\"<= «40MiB»\""),
    .init("RH0305", "\"<= 0.1%\"", "\"<= «1s»\""),
    .init("RH0305", "\"<= 0.1%\"", "\"<= «deadline»\""),
    .init("RH0306", "  deadline: 5h\n", "").at("\"<= «deadline»\""),
    .init("RH0308", "\"mean <= 10s\"", "«\"<= 2x before\"»"),
    .init(
      "RH0309", "metric: replica.lag.max,", "window: «{»every: 1min}, metric: replica.lag.max,"),
  ]

  static let references: [Malformed] = [
    .init("RH0401", "on: replica-a", "on: «replica-b»"),
    .init("RH0401", "by: orders_customer_idx", "by: «orders_custmer_idx»"),
    .init("RH0401", "pool: app", "pool: «web»"),
    .init("RH0401", "class: checkout,", "class: «chekout»,"),
    .init("RH0401", "replica: replica-a, for", "replica: «standby», for"),
    .init("RH0401", "kind: select, rows: 1,", "kind: select, table: «customers», rows: 1,"),
    .init("RH0402", "pause_when: replica.lag >", "pause_when: «replication.lag» >"),
    .init("RH0402", "sensors: {replica.lag:", "sensors: {«replica_lag»:"),
    .init("RH0403", "kind: select, rows: 25", "kind: «select_for_update», rows: 25"),
    .init("RH0404", "abort_when: app.active > 36", "abort_when: «app.active is high»"),
    .init("RH0404", "abort_when: app.active > 36", "abort_when: app.active «=>» 36"),
    .init("RH0406", "path: strategy.workers", "path: «strategy.worker»"),
    .init("RH0406", "path: strategy.workers", "path: «table.rows»"),
  ]

  static let all = misspelled + units + traps + words + contradictions + gates + references

  /// The blame is elsewhere than in the replaced text: at this mark in the edited scenario.
  func at(_ marked: String) -> Malformed {
    var copy = self
    copy.elsewhere = marked
    return copy
  }
}
