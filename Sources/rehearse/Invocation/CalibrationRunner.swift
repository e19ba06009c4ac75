import Calibration
import Foundation
import LiveDriver
import Reports
import Scenarios

/// Measures a server, or goes on with measuring one, and makes a calibration of it.
struct CalibrationRunner: Sendable {
  let loaded: LoadedScenario
  let out: String
  let console: Console

  private var partialPath: String { out + ".partial" }
  /// Every reading of a finished calibration, beside it.
  private var readingsPath: String { out + ".readings" }

  /// Nil where it was interrupted; what there is then lies beside the output.
  func measureThrowaway() throws -> CalibrationFile? {
    var plan = ClusterPlan.reaped(loaded.scenario)
    // Replay can only be measured where something replays.
    if plan.replicas.isEmpty { plan.replicas = [.init(name: "calibration")] }
    do {
      return try blocking { [plan] in
        try await ThrowawayCluster.with(plan) { cluster in
          for note in cluster.notes { console.warn(note) }
          return try await onOwnThread { () throws(any Error) in
            try measure(on: LiveTarget(cluster), folder: cluster.primary.data)
          }
        }
      }
    } catch let error as ClusterError {
      throw Failure(error)
    } catch let error as ServerError {
      throw Failure(LiveError.server(error))
    }
  }

  /// A server of the user's own, after the same checks as a live run.
  func measure(_ primary: String, replica: String?) throws -> CalibrationFile? {
    let access = LiveRunner(
      loaded: loaded, limits: ResourceLimits(), timeBound: nil, console: console)
    let server = try access.server(primary)
    let replicas = try replica.map { [try access.server($0)] } ?? []
    try access.check(try access.connect(server), replicas)
    func both(_ server: ConnectionString) -> LiveTarget.Server {
      .init(session: server, observation: server)
    }
    do {
      return try measure(
        on: LiveTarget(
          primary: both(server), replicas: replicas.map(both), isThrowaway: false), folder: nil)
    } catch let error as ServerError {
      throw Failure(LiveError.server(error))
    }
  }

  private func measure(on servers: LiveTarget, folder: String?) throws -> CalibrationFile? {
    var course = CalibrationCourse(servers, for: loaded.scenario, folder: folder)
    let fingerprint = try course.fingerprint()
    let progress = Progress(console, label: "calibrate")
    defer { progress.finish() }
    let measured = try course.run(
      from: partial(fingerprint), shouldStop: { Interrupt.isRequested },
      finished: { measured, number in
        progress.report { "\(number) of \(CalibrationCourse.usualPasses) passes" }
        try keep(.init(fingerprint: fingerprint, measured: measured))
      })
    progress.finish()
    guard course.isComplete(measured) else {
      console.say(
        "what was measured is kept in \(partialPath); the same command goes on from there")
      return nil
    }
    // What the baselines of a comparison are regressed on, and a later look at how a value came about.
    try Writing.write(
      String(decoding: try JSONEncoder().encode(measured), as: UTF8.self), to: readingsPath)
    try FileManager.default.removeItem(atPath: partialPath)
    let noise = Noise(measured)
    guard !noise.isTooMuch else { throw Self.tooNoisy(noise) }
    var file = try header(servers)
    CalibrationAssembly(measured, for: loaded.scenario).fill(&file)
    return file
  }

  private static func tooNoisy(_ noise: Noise) -> Failure {
    Failure(
      .inconclusive,
      "the instance is too noisy: between passes the same work differs by "
        + "\(Human.percent(noise.cpu)) in CPU (\(Human.percent(Noise.mostCPU)) at most) and "
        + "\(Human.percent(noise.elapsed)) in time (\(Human.percent(Noise.mostElapsed)) at most)",
      help: "calibrate while nothing else runs on the host")
  }

  private func partial(_ fingerprint: String) -> Measured {
    guard let data = FileManager.default.contents(atPath: partialPath) else { return Measured() }
    guard let partial = try? JSONDecoder().decode(CalibrationCourse.Partial.self, from: data),
      partial.fingerprint == fingerprint
    else {
      console.warn("\(partialPath) is of another instance or cannot be read: measuring anew")
      return Measured()
    }
    console.say(
      "going on with \(partialPath): \(partial.measured["pass"].count) of "
        + "\(CalibrationCourse.usualPasses) passes are there")
    return partial.measured
  }

  private func keep(_ partial: CalibrationCourse.Partial) throws {
    try Writing.write(
      String(decoding: try JSONEncoder().encode(partial), as: UTF8.self), to: partialPath)
  }

  private func header(_ servers: LiveTarget) throws -> CalibrationFile {
    let connection = try Connection(
      servers.primary.observation, applicationName: "rehearse calibrate")
    let names = [
      "shared_buffers", "synchronous_commit", "full_page_writes", "wal_compression",
      "data_checksums", "fsync", "wal_sync_method",
    ]
    var settings: [String: String] = [:]
    for name in names { settings[name] = try connection.execute("SHOW \(name)").scalar }
    return Self.header(
      version: try connection.execute("SHOW server_version").scalar ?? "", settings: settings)
  }

  private static func header(version: String, settings: [String: String]) -> CalibrationFile {
    let process = ProcessInfo.processInfo
    let words = version.split(separator: " ")
    return CalibrationFile(
      engine: Database.Engine.postgresql.rawValue, version: words.first.map(String.init) ?? version,
      modelVersion: Build.modelVersion, created: Date().formatted(.iso8601),
      rehearse: Build.version,
      instance: CalibrationFile.Instance(
        os: process.operatingSystemVersionString, cpu: HostProcessor.name,
        cores: process.activeProcessorCount, memoryBytes: Int(process.physicalMemory),
        settings: settings))
  }

  /// The machine half from a running server's counters, laid over `base`.
  func observe(_ server: String, base: String?, seconds: Double) throws -> CalibrationFile? {
    let access = LiveRunner(
      loaded: loaded, limits: ResourceLimits(), timeBound: nil, console: console)
    let below = try base.map(Self.load)
    do {
      var watch = try CounterWatch(try access.server(server))
      var file = Self.header(version: watch.serverVersion, settings: [:])
      if let below {
        guard below.version.prefix(2) == file.version.prefix(2) else {
          throw Failure(
            .invalidInput,
            "the base is a calibration of version \(below.version), the server has "
              + file.version, help: "calibrate that version")
        }
        let (version, created) = (file.version, file.created)
        file = below
        (file.version, file.created) = (version, created)
      }
      for sentence in watch.unseen { console.warn("not seen: \(sentence)") }
      guard let readings = try look(&watch, seconds: seconds) else { return nil }
      CalibrationAssembly.lay(readings, over: &file)
      file.warnings += watch.unseen.map { "not seen by watching: \($0)" }
      guard !file.parameters.isEmpty else {
        throw Failure(.inconclusive, "the server's counters told nothing")
      }
      return file
    } catch let error as ServerError {
      throw Failure(error.isConnectionLost ? .serverUnreachable : .incomplete, "\(error)")
    }
  }

  private func look(_ watch: inout CounterWatch, seconds: Double) throws -> [Measured.Reading]? {
    let progress = Progress(console, label: "observe")
    defer { progress.finish() }
    let looks = max(2, Int(seconds / CounterWatch.period))
    var readings: [Measured.Reading] = []
    for look in 1...looks {
      for _ in 0..<50 where !Interrupt.isRequested { usleep(UInt32(CounterWatch.period * 2e4)) }
      if Interrupt.isRequested { return nil }
      readings.append(try watch.look())
      progress.report { "\(look) of \(looks) looks" }
    }
    return readings
  }

  private static func load(_ path: String) throws -> CalibrationFile {
    do {
      return try CalibrationReading.load(path: path)
    } catch {
      switch error {
      case .unreadable(let path, let reason): throw Failure(.noSuchInput, "\(path): \(reason)")
      case .invalid(let problems):
        throw Failure(.invalidInput, "\(path) cannot be used", problems: problems)
      }
    }
  }
}
