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
    scans(measured)
    batches(measured)
    waking(measured)
    statements(measured)
    commits(measured)
    locks(measured)
    replay(measured)
    set("storage.dirty_expire", measured.median("host", "dirty_expire"))
    set(cost: "log_file", measured.median("log_file", "seconds"))
    set(cost: "log_file_cpu", measured.median("log_file", "cpu"))
    set("storage.read_latency", measured.median("reads", "random"))
  }

  private subscript(cost: String) -> Double { values["costs.\(cost)"] ?? 0 }

  /// As near as the parameter's range allows.
  private mutating func set(_ name: String, _ value: Double?) {
    guard let value, value.isFinite, let known = CalibratedParameter.named(name) else { return }
    values[name] = min(max(known.range.lowerBound, value), known.range.upperBound)
  }

  private mutating func set(cost: String, _ value: Double?) { set("costs.\(cost)", value) }

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
    set(cost: "index_step", slope("step"))
    set(cost: "lock_row", slope("lock").map { $0 - self["index_step"] })
    set(cost: "scan_row", measured.median("scan", "scan"))
    set(cost: "expression", measured.median("scan", "expression"))
  }

  private mutating func batches(_ measured: Measured) {
    let design = BatchDesign(measured, indexStep: self["index_step"], scanRow: self["scan_row"])
    for (cost, value) in design.costs { set(cost: cost, value) }
    set(
      cost: "contention",
      measured.median("contention", "together", over: "alone").map { $0 - 1 })
  }

  /// Beside busy cores nearly every update waits for the end of a slice once its flush is over, a uniform time:
  /// its first two moments give the slice, and with what a read waits the share of those who do.
  ///
  /// In the model who wakes otherwise and is not let in at once waits for the first of `cores` slices to end, the
  /// least of as many uniform times, by which the mean of reads gives the share of those; their second moment
  /// beside one busy core less, busy for half of the time, the share of those who wait in spite of it.
  private mutating func waking(_ measured: Measured) {
    func moments(_ group: String, writes: Bool = false) -> (first: Double, second: Double)? {
      Self.moments(
        Self.usual(
          measured[group].filter { ($0["write"] == 1) == writes }.compactMap { reading in
            reading["queued"].map { (reading["pass"] ?? 0, $0) }
          }))
    }
    guard let cores = measured.values("cores", "cores").first, let reads = moments("crowd"),
      let writes = moments("crowd", writes: true)
    else { return }
    let slice = writes.second / writes.first * 3 / 2
    set(cost: "time_slice", slice)
    set(cost: "late_after_flush", 2 * (writes.first - reads.first) / slice)
    set(cost: "preemption", 1 - reads.first * (cores + 1) / slice)
    if let company = moments("company") {
      set(cost: "misplacement", 2 * 3 * company.second / (slice * slice))
    }
  }

  /// Means of the values and of their squares; nil without a value above 0.
  private static func moments(_ values: [Double]) -> (first: Double, second: Double)? {
    let count = Double(values.count)
    let first = values.reduce(0, +) / count
    guard count > 0, first > 0 else { return nil }
    return (first, values.reduce(0) { $0 + $1 * $1 } / count)
  }

  /// What statements, BEGIN and COMMIT cost, and what a transaction's first statement costs more.
  ///
  /// In a loop of one statement both processes are awake and their caches warm, as within a transaction of
  /// several. An application's transaction begins after a rest, and its first statement takes longer.
  private mutating func statements(_ measured: Measured) {
    let reads = measured["select"]
    let costs = LinearFit.costs(
      reads.map { [1, $0["rows"] ?? 0] }, reads.map { $0["cpu"] ?? 0 },
      // A read of forty rows is known as well as one of one row, relatively.
      weights: reads.map { 1 / max(1e-18, ($0["cpu"] ?? 0) * ($0["cpu"] ?? 0)) })
    set(cost: "select_row", costs?[1])
    guard let alone = measured.median("transaction", "alone"),
      let framed = measured.median("transaction", "framed"),
      let client = measured.median("transaction", "client"),
      let wall = measured.median("transaction", "wall")
    else { return }
    set(cost: "statement", alone - self["select_row"])
    set(cost: "plan", measured.median("transaction", "planned").map { max(0, $0 - alone) })
    // BEGIN and COMMIT without anything to make durable are two statements that do nothing.
    set(cost: "begin", (framed - alone) / 2)
    set(cost: "commit", (framed - alone) / 2)
    set(cost: "driver", client)
    // Who is awake is not woken: what is neither's CPU is the way between them.
    set(cost: "wake_up", 0)
    set("rtt", max(1e-6, wall - alone - client))
    set(cost: "cold", SampleQuantiles(Self.coldStarts(measured))?.median)
  }

  /// What single paced reads took longer than those in a loop.
  static func coldStarts(_ measured: Measured) -> [Double] {
    let loop = measured.median("transaction", "wall") ?? 0
    return measured.values("paced_read", "wall").map { max(1e-6, $0 - loop) }
  }

  /// A write that waits for the disk takes longer than one that does not: by its flush, and its CPU.
  ///
  /// Software's and device's part are seen together only: the default of `flush`, or half of it all
  /// where that is less, counts as software.
  private mutating func commits(_ measured: Measured) {
    set(cost: "sync", Self.sync(measured))
    set(cost: "ship", measured.median("ship", "cpu", over: "flushes"))
    guard let flush = SampleQuantiles(Self.flushes(measured))?.median else { return }
    let whole = max(1e-6, flush)
    let software = min(Costs().flush.seconds, whole / 2)
    set(cost: "flush", software)
    set("storage.write_latency", whole - software)
    rests(measured)
    set("storage.page_transfer", measured.median("burst", "page"))
    set(cost: "write_page", measured.median("burst", "rewrite"))
  }

  /// With mean rest g the mean latency is rested − (rested − busy) × τ/(g + τ), rests being exponential.
  private mutating func rests(_ measured: Measured) {
    func latency(_ rest: Double) -> Double? {
      SampleQuantiles(
        measured["flush"].filter { $0["rest"] == rest }.compactMap { $0["seconds"] })?.median
    }
    let rests = StorageMeasurements.rests
    guard let rested = values["storage.write_latency"], let busy = latency(rests[0]),
      let middle = latency(rests[1]), let long = latency(rests[2]), busy < long
    else { return }
    set("storage.busy_write_latency", rested * busy / long)
    let share = min(0.95, max(0.05, (long - middle) / (long - busy)))
    set("storage.rest_time", rests[1] * share / (1 - share))
  }

  /// CPU of a write that waits for its flush beyond that of one that does not; nil where it was not seen.
  private static func sync(_ measured: Measured) -> Double? {
    func median(_ group: String) -> Double? {
      // Where the processor is not seen, elapsed time stands for CPU.
      let seen = measured[group].filter { $0["queued"] != nil }
      return SampleQuantiles(seen.compactMap { $0["cpu"] })?.median
    }
    guard let write = median("paced_write"), let memory = median("paced_memory") else { return nil }
    return max(0, write - memory)
  }

  /// Seconds of single flushes, without their CPU.
  static func flushes(_ measured: Measured) -> [Double] {
    let rest = measured.median("paced_memory", "wall") ?? 0
    let cpu = sync(measured) ?? 0
    return measured.values("paced_write", "wall").map { max(0, $0 - rest - cpu) }
  }

  /// The same, none longer than the longest of the middle pass: new log files and the page cache's bursts hold
  /// up a flush in a hundred for some tens of milliseconds, and are in the model apart.
  static func flushesApart(_ measured: Measured) -> [Double] {
    usual(zip(measured["paced_write"], flushes(measured)).map { ($0["pass"] ?? 0, $1) })
  }

  /// The values, none longer than the longest of the middle pass.
  private static func usual(_ all: [(pass: Double, value: Double)]) -> [Double] {
    let passes = Dictionary(grouping: all, by: \.pass)
    let longest = SampleQuantiles(passes.values.compactMap { $0.map(\.value).max() })?.median ?? 0
    return all.map { min($0.value, longest) }
  }

  /// CPU of the waiter beyond that of the same update without a wait.
  private mutating func locks(_ measured: Measured) {
    let waits = SampleQuantiles(measured.values("handoff", "cpu"))
    let plain = SampleQuantiles(
      measured["hot"].filter { $0["rows"] == 1 }.compactMap { $0["cpu"] })
    if let waits, let plain { set(cost: "recheck", waits.median - plain.median) }
  }

  /// CPU of the startup process = records × replay_record + images × replay_image.
  private mutating func replay(_ measured: Measured) {
    let backlogs = measured["replay"]
    func isOfImages(_ backlog: Measured.Reading) -> Bool {
      (backlog["images"] ?? 0) > (backlog["records"] ?? 0) / 20
    }
    // A stray image among sixty thousand records tells nothing of images.
    guard backlogs.contains(where: isOfImages), !backlogs.allSatisfy(isOfImages) else { return }
    let costs = LinearFit.costs(
      backlogs.map { [$0["records"] ?? 0, $0["images"] ?? 0] },
      backlogs.map { $0["cpu"] ?? 0 },
      weights: backlogs.map { 1 / max(1e-18, ($0["cpu"] ?? 0) * ($0["cpu"] ?? 0)) })
    set(cost: "replay_record", costs?[0])
    set(cost: "replay_image", costs?[1])
  }
}

extension Costing {
  /// How each parameter is obtained, a sentence.
  package static let methods: [String: String] = [
    "costs.statement": "server CPU of reads in a loop, without select_row",
    "costs.plan": "server CPU that reads in a loop take longer where they are not prepared",
    "costs.sync": "server CPU of paced updates beyond those that do not wait for the disk",
    "costs.ship": "CPU of walsender and walreceiver while paced updates commit, by update",
    "costs.cold": "elapsed time of paced reads beyond those in a loop",
    "costs.select_row": "server CPU of reads by key, regressed on their rows: the slope",
    "costs.begin": "half of the server CPU that BEGIN and COMMIT add to a read in a loop",
    "costs.commit": "half of the server CPU that BEGIN and COMMIT add to a read in a loop",
    "costs.driver": "this client's CPU per read in a loop",
    "costs.index_step": "server CPU of OFFSET on an index, slope between 200 and 8,000 entries",
    "costs.lock_row": "server CPU of SELECT FOR UPDATE on a range, slope, without index_step",
    "costs.scan_row": "server CPU of a sequential count",
    "costs.expression": "server CPU that upper(substr(…, 1, 8)) adds to a sequential count",
    "costs.update_row": BatchDesign.method, "costs.move_row": BatchDesign.method,
    "costs.row_kibibyte": BatchDesign.method, "costs.fetch_page": BatchDesign.method,
    "costs.new_page": BatchDesign.method,
    "costs.key_entry": BatchDesign.method, "costs.index_entry": BatchDesign.method,
    "costs.leaf_pass": BatchDesign.method, "costs.page_image": BatchDesign.method,
    "costs.contention": "a batch's time for a row, its run queue apart, beside another batch over "
      + "alone, less one",
    "costs.write_page": "CPU of writing a page over another in the page cache",
    "costs.log_file": "a new file of 16 MiB of zeros, written and flushed beside the data",
    "costs.log_file_cpu": "CPU of writing and flushing such a file",
    "costs.flush": "software's part of a commit's wait: its default, or half if that is less",
    "storage.write_latency": "paced updates beyond those that do not wait for the disk, without "
      + "costs.sync and costs.flush",
    "storage.read_latency": "direct random reads of 8 KiB from a file of 64 MiB",
    "storage.busy_write_latency":
      "flushes of a page in a loop over those after rests of 20 ms, times "
      + "storage.write_latency",
    "storage.page_transfer": "fsync of 128 MiB that the page cache holds",
    "storage.rest_time": "flushes of a page after rests of 2 ms between those two",
    "storage.dirty_expire": "vm.dirty_expire_centisecs of this host",
    "costs.wake_up": "none: what waking costs after a rest is in cold, within a transaction nobody "
      + "sleeps",
    "costs.time_slice": "what paced updates wait for a core beside one computing server process a "
      + "core: the mean of the squares over the mean, times 3/2",
    "costs.late_after_flush": "what paced updates wait beyond reads there, over half of the slice",
    "costs.preemption": "one less what paced reads wait there over the slice, times cores + 1",
    "costs.misplacement":
      "what reads wait beside one process less, which rests half of the time: twice "
      + "the mean of the squares over a third of the slice's square",
    "rtt": "elapsed time of reads in a loop without the CPU of both ends",
    "costs.recheck": "server CPU of an update that waited for its row beyond one that did not",
    "costs.replay_record": "CPU of the replica's startup process draining backlogs, regressed on "
      + "records and images",
    "costs.replay_image": "CPU of the replica's startup process draining backlogs, regressed on "
      + "records and images",
  ]

  /// Joint vectors, each of another sample of the passes, or of `passes` of them.
  package static func draws(
    _ measured: Measured, count: Int = 200, passes: Int? = nil
  ) -> [[String: Double]] {
    let names = Set(Costing(measured).values.keys)
    return (0..<count).map { draw in
      // A sample may happen to hold too little for a regression; the next one then stands for it.
      for attempt in 0..<UInt64(100) {
        let key = RandomKey(seed: 0xCA1B, trial: draw, entity: attempt, purpose: 0xB007)
        let values = Costing(
          measured.resampled(size: passes) { size, index in
            Int(key.bits(UInt64(index)) % UInt64(size))
          }
        ).values
        if names.isSubset(of: values.keys) { return values }
      }
      return Costing(measured).values
    }
  }
}
