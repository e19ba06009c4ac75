import Primitives

extension ScenarioSchema {
  static let database = Section(
    doc: "The server.",
    fields: [
      Field(
        "preset", .text(.free), .nothing("everything is written here"),
        "Fills cores, memory and storage: \(Suggestion.list(Presets.names(of: .database)))."),
      Field(
        "engine", .word(Database.Engine.allCases.map(\.rawValue)),
        .value("postgresql", because: "the engine that is built"), "Which server."),
      Field(
        "version", .text(.free), .value("\"16\"", because: "a version in wide use"),
        "Major version, 13 to 18; defaults of settings depend on it."),
      Field(
        "cores", .count(1...1_024), .value("8", because: "a middle-sized server"),
        "Processor cores of the primary."),
      Field(
        "memory", .bytes(0x1p28...0x1p47), .value("32GiB", because: "4 GiB per core"),
        "Main memory."),
      Field(
        "cache", .word(Database.Cache.allCases.map(\.rawValue)),
        .value("warm", because: "a server that has run for days"),
        "What memory holds when a trial starts: the stationary mix, or nothing."),
      Field(
        "state", .word(Database.State.allCases.map(\.rawValue)),
        .value("running", because: "a server that has run for days"),
        "What came before: running meets the checkpoint cycle anywhere, with the log files of usual traffic ready; fresh was just filled and checkpointed, as live's own servers."
      ),
      Field(
        "storage", .section(storage), .value("{}", because: "a gp3 volume as it is sold"),
        "The volume under data and log."),
      Field(
        "settings", .section(settings), .value("{}", because: "PostgreSQL's defaults"),
        "Server settings that the model reads, with PostgreSQL's names."),
      Field(
        "replicas", .list(.section(replica), notEmpty: false),
        .value("[]", because: "no replica is written"), "Streaming replicas."),
      Field(
        "colocated", .flag, .value("false", because: "servers have their own machines"),
        "Primary, replicas and driver share the same cores and disk; a replica with cores or storage of its "
          + "own is held to them."),
      Field(
        "rtt", .time(0...10), .value("500us", because: "another host in the same zone"),
        "Network round trip between the application and the primary."),
      Field(
        "calibration", .text(.free), .nothing("costs are defaults, or written here"),
        "A file that `rehearse calibrate` wrote; relative to this file."),
      Field(
        "costs", .section(costs), .value("{}", because: "an uncalibrated server"),
        "CPU costs on one core, normally from a calibration."),
    ],
    reserved: ["platform", "archive"],
    misplaced: [
      "shared_buffers": "it belongs to settings", "max_wal_size": "it belongs to settings",
      "synchronous_commit": "it belongs to settings", "iops": "it belongs to storage",
      "throughput": "it belongs to storage", "vcpu": "write cores",
      "hardware": "write cores, memory and storage directly",
    ],
    presets: .database)

  private static let burst = Section(
    doc: "A bucket of credits that pays for more operations than the sustained rate.",
    fields: [
      Field(
        "iops", .count(1...10_000_000), .required,
        "Operations per second while credits last."),
      Field(
        "credits", .count(1...1_000_000_000), .required,
        "Size of the bucket in operations; it starts full and refills at the sustained rate."),
    ])

  static let storage = Section(
    doc: "A volume: operations and bytes per second, and what one operation takes on an idle one.",
    fields: [
      Field(
        "iops", .count(1...10_000_000), .value("3000", because: "AWS gp3 as it is sold"),
        "Operations per second, sustained."),
      Field(
        "throughput", .quantity(.throughput, Bounds(0x1p16...0x1p40)),
        .value("125MiB/s", because: "AWS gp3 as it is sold"), "Bytes per second, sustained."),
      Field(
        "read_latency", .positiveTime(to: 10),
        .value("700us", because: "a network volume; vendors promise single-digit milliseconds"),
        "One 8 KiB read on an idle volume."),
      Field(
        "write_latency", .positiveTime(to: 10),
        .value("900us", because: "a network volume; measure with pg_test_fsync"),
        "One 8 KiB write on an idle volume."),
      Field(
        "busy_write_latency", .positiveTime(to: 10), .nothing("as write_latency"),
        "One 8 KiB write that follows another one at once."),
      Field(
        "rest_time", .positiveTime(to: 10), .nothing("with busy_write_latency: 2 ms"),
        "How fast the volume comes to rest after an answer: the time constant from busy_write_latency to write_latency."
      ),
      Field(
        "page_transfer", .positiveTime(to: 10), .nothing("as throughput says"),
        "8 KiB of many requests that are under way together, such as the operating system's own writing; throughput is the limit where it is less."
      ),
      Field(
        "burst", .either([.noValue("none"), .section(burst)]),
        .value("none", because: "no credits"), "Burst credits."),
      Field(
        "free_space", .bytes(0...0x1p53), .nothing("not limited"), "Free bytes when the run starts."
      ),
      Field(
        "dirty_expire", .positiveTime(to: 3_600), .nothing("written early and evenly"),
        "How long Linux lets pages stay dirty before it writes them all at once: vm.dirty_expire_centisecs, 30 s unless changed."
      ),
    ], misplaced: ["type": "write iops and throughput, or database: {preset: …}"])

  private static let replica = Section(
    doc: "A streaming replica.",
    fields: [
      Field("name", .text(.name), .required, "Name; the `replica` label of metrics."),
      Field(
        "mode", .word(Replica.Mode.allCases.map(\.rawValue)),
        .value("async", because: "PostgreSQL's default: no synchronous_standby_names"),
        "sync replicas are waited for as synchronous_commit says."),
      Field(
        "network", .quantity(.throughput, Bounds(0x1p10...0x1p40)),
        .value("120MiB/s", because: "one gigabit per second"), "Bandwidth from the primary."),
      Field(
        "rtt", .time(0...60), .value("1ms", because: "another zone of the same region"),
        "Round trip to the primary."),
      Field(
        "apply", .section(apply), .value("{}", because: "one startup process"), "Replay."),
      Field(
        "cores", .count(1...1_024), .computed("the primary's cores"), "The replica's cores."),
      Field(
        "storage", .section(storage), .computed("the primary's storage"), "The replica's volume."),
    ],
    misplaced: ["apply_rate": "it follows from the costs; write apply: {cores: 1}"])

  private static let apply = Section(
    doc: "Replay of the log.",
    fields: [
      Field(
        "cores", .count(1...64),
        .value("1", because: "PostgreSQL replays in one process"),
        "Processes that replay; PostgreSQL has one.")
    ])

  static let costs = Section(
    doc: "CPU costs on one core of the server. Everything else follows from them.",
    fields: CostTable.entries.map { entry in
      Field(
        entry.key, .time(entry.least...10),
        .value(Spelling.of(entry.value.seconds, .time), because: entry.reason),
        entry.doc)
    }
      + CostTable.shares.map { entry in
        Field(
          entry.key, .share(), .value(Spelling.of(entry.value, .ratio), because: entry.reason),
          entry.doc)
      })
}
