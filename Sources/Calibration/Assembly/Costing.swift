import Primitives
import Scenarios

/// The model's parameters as a pure function of what was measured.
///
/// Being one function of all readings, it can be given another sample of them: its values over many
/// samples are the joint distribution of the parameters.
package struct Costing: Sendable {
  /// By the names of `CalibratedParameter`; what was not measured is not there.
  package private(set) var values: [String: Double] = [:]

  package init(_ measured: Measured) {
    statements(measured)
    scans(measured)
    heapOnly(measured)
    batches(measured)
    commits(measured)
    processor(measured)
    locks(measured)
    replay(measured)
    if let reads = SampleQuantiles(measured.values("reads", "random")) {
      values["storage.read_latency"] = max(1e-6, reads.median)
    }
  }

  private subscript(cost: String) -> Double { values["costs.\(cost)"] ?? 0 }

  private mutating func set(_ cost: String, _ value: Double?) {
    guard let value, value.isFinite else { return }
    values["costs.\(cost)"] = max(0, value)
  }

  /// CPU of a read by key = statement + rows × select_row; of BEGIN and COMMIT what framing adds.
  ///
  /// The two are seen together only; they are shared as the defaults are, 6 to 9.
  private mutating func statements(_ measured: Measured) {
    let reads = measured["select"]
    let costs = LinearFit.costs(
      reads.map { [1, $0["rows"] ?? 0] }, reads.map { $0["cpu"] ?? 0 },
      // A read of forty rows is known as well as one of one row, relatively.
      weights: reads.map { 1 / max(1e-18, ($0["cpu"] ?? 0) * ($0["cpu"] ?? 0)) })
    set("statement", costs?[0])
    set("select_row", costs?[1])
    let transactions = measured["transaction"]
    let framing = SampleQuantiles(transactions.map { ($0["framed"] ?? 0) - ($0["alone"] ?? 0) })
    set("begin", framing.map { $0.median * 6 / 15 })
    set("commit", framing.map { $0.median * 9 / 15 })
    // What the client spends on one answer, wherever it runs.
    set("driver", SampleQuantiles(transactions.map { $0["client"] ?? 0 })?.median)
  }

  private mutating func scans(_ measured: Measured) {
    func slope(_ name: String) -> Double? {
      SampleQuantiles(
        measured["scan"].compactMap { reading -> Double? in
          guard let few = reading["\(name)_few"], let many = reading["\(name)_many"],
            let least = reading["rows_few"], let most = reading["rows_many"], most > least
          else { return nil }
          return (many - few) / (most - least)
        })?.median
    }
    set("index_step", slope("step"))
    set("lock_row", slope("lock").map { $0 - self["index_step"] })
    set("scan_row", SampleQuantiles(measured.values("scan", "scan"))?.median)
    set("expression", SampleQuantiles(measured.values("scan", "expression"))?.median)
  }

  /// CPU of an update on the same page beyond that of reading the same rows, per row.
  private mutating func heapOnly(_ measured: Measured) {
    let hot = measured["hot"]
    let costs = LinearFit.costs(
      hot.map { [1, $0["rows"] ?? 0] },
      hot.map { max(0, ($0["cpu"] ?? 0) - ($0["read_cpu"] ?? 0)) },
      weights: hot.map { 1 / max(1e-18, ($0["cpu"] ?? 0) * ($0["cpu"] ?? 0)) })
    set("update_row", costs?[1])
  }

  /// CPU of a batch = (begin + statement) + rows × (index_step + update_row + move_row) + entries ×
  /// index_entry + images × page_image.
  private mutating func batches(_ measured: Measured) {
    let batches = measured["batch"].filter { $0["cpu"] != nil && $0["rows"] != nil }
    let hasImages = batches.contains { ($0["images"] ?? 0) > 0 }
    let amounts = batches.map { batch -> [Double] in
      let rows = batch["rows"] ?? 0
      let own = [1, rows, rows * (batch["indexes"] ?? 1)]
      return hasImages ? own + [batch["images"] ?? 0] : own
    }
    let costs = LinearFit.costs(
      amounts, batches.map { $0["cpu"] ?? 0 },
      weights: batches.map { 1 / max(1e-18, ($0["cpu"] ?? 0) * ($0["cpu"] ?? 0)) })
    guard let costs else { return }
    set("move_row", costs[1] - self["update_row"] - self["index_step"])
    set("index_entry", costs[2])
    if hasImages { set("page_image", costs[3]) }
    let pairs = measured["contention"].compactMap { reading -> Double? in
      guard let alone = reading["alone"], let together = reading["together"], alone > 0 else {
        return nil
      }
      return together / alone - 1
    }
    set("contention", SampleQuantiles(pairs).map { min(1, max(0, $0.median)) })
  }

  /// A durable commit takes that much longer than one that does not wait.
  ///
  /// Software's and device's part are seen together only: the default of `flush`, or half of it all
  /// where that is less, counts as software.
  private mutating func commits(_ measured: Measured) {
    let durable = SampleQuantiles(measured.values("commit", "durable"))
    let memory = SampleQuantiles(measured.values("commit", "memory"))
    guard let durable, let memory else { return }
    let flush = max(1e-6, durable.trimmedMean - memory.trimmedMean)
    let software = min(Costs().flush.seconds, flush / 2)
    set("flush", software)
    values["storage.write_latency"] = flush - software
  }

  private mutating func processor(_ measured: Measured) {
    if let idle = SampleQuantiles(measured.values("wake", "idle")) { set("wake_up", idle.median) }
    if let busy = SampleQuantiles(measured.values("wake", "busy")),
      let cores = measured.values("cores", "cores").first
    {
      // Slices end at even moments: the first of c to end does so after slice / (c + 1) on average.
      set("time_slice", (busy.trimmedMean - self["wake_up"]) * (cores + 1))
    }
    if let wall = SampleQuantiles(measured.values("transaction", "wall")),
      let cpu = SampleQuantiles(measured.values("transaction", "alone"))
    {
      values["rtt"] = max(0, wall.median - cpu.median - self["wake_up"])
    }
  }

  /// CPU of the waiter beyond that of the same update without a wait.
  private mutating func locks(_ measured: Measured) {
    let waits = SampleQuantiles(measured.values("handoff", "cpu"))
    let plain = SampleQuantiles(
      measured["hot"].filter { $0["rows"] == 1 }.compactMap { $0["cpu"] })
    if let waits, let plain { set("recheck", waits.median - plain.median) }
  }

  /// CPU of the startup process = records × replay_record + images × replay_image.
  private mutating func replay(_ measured: Measured) {
    let backlogs = measured["replay"]
    let costs = LinearFit.costs(
      backlogs.map { [$0["records"] ?? 0, $0["images"] ?? 0] },
      backlogs.map { $0["cpu"] ?? 0 },
      weights: backlogs.map { 1 / max(1e-18, ($0["cpu"] ?? 0) * ($0["cpu"] ?? 0)) })
    set("replay_record", costs?[0])
    set("replay_image", costs?[1])
  }
}

extension Costing {
  /// How each parameter is obtained, a sentence.
  package static let methods: [String: String] = [
    "costs.statement": "server CPU of reads by key, regressed on their rows: the intercept",
    "costs.select_row": "server CPU of reads by key, regressed on their rows: the slope",
    "costs.begin": "server CPU that BEGIN and COMMIT add to a read, six of fifteen parts",
    "costs.commit": "server CPU that BEGIN and COMMIT add to a read, nine of fifteen parts",
    "costs.driver": "this client's CPU per answer",
    "costs.index_step": "server CPU of OFFSET on an index, slope between 200 and 8,000 entries",
    "costs.lock_row": "server CPU of SELECT FOR UPDATE on a range, slope, without index_step",
    "costs.scan_row": "server CPU of a sequential count",
    "costs.expression": "server CPU that upper(substr(…, 1, 8)) adds to a sequential count",
    "costs.update_row": "server CPU of heap-only updates beyond reads of the same rows, slope",
    "costs.move_row": "server CPU of batches, regressed on rows, entries and images, without "
      + "update_row and index_step",
    "costs.index_entry": "server CPU of batches, regressed on rows, entries and images",
    "costs.page_image": "server CPU of batches, regressed on rows, entries and images",
    "costs.contention": "server CPU of a batch's row beside another batch over alone, less one",
    "costs.flush": "software's part of a commit's wait: its default, or half if that is less",
    "storage.write_latency": "durable commits beyond those that do not wait, without costs.flush",
    "storage.read_latency": "direct random reads of 8 KiB from a file of 64 MiB",
    "costs.wake_up": "lateness of a sleeper on idle cores",
    "costs.time_slice": "lateness of a sleeper beside one busy thread a core, times cores + 1",
    "rtt": "elapsed time of a read by key without its server CPU and wake_up",
    "costs.recheck": "server CPU of an update that waited for its row beyond one that did not",
    "costs.replay_record": "CPU of the replica's startup process draining backlogs, regressed on "
      + "records and images",
    "costs.replay_image": "CPU of the replica's startup process draining backlogs, regressed on "
      + "records and images",
  ]

  /// Joint vectors, each of another sample of the readings.
  package static func draws(_ measured: Measured, count: Int = 200) -> [[String: Double]] {
    let names = Set(Costing(measured).values.keys)
    return (0..<count).map { draw in
      // A sample may happen to hold too little for a regression; the next one then stands for it.
      for attempt in 0..<UInt64(100) {
        let key = RandomKey(seed: 0xCA1B, trial: draw, entity: attempt, purpose: 0xB007)
        let values = Costing(
          measured.resampled { group, size, index in
            Int(key.child(stableHash(of: group)).bits(UInt64(index)) % UInt64(size))
          }
        ).values
        if names.isSubset(of: values.keys) { return values }
      }
      return Costing(measured).values
    }
  }
}
