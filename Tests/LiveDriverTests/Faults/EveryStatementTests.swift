import Foundation
import Primitives
import Scenarios
import Strategies
import Testing

@testable import LiveDriver

extension OnAServer {
  @Suite("Whichever statement of the backfill fails")
  struct EveryStatementTests {
    private static let faults: [Interposer.Fault] = [
      .cutBefore, .cutAfter, .error("40001"), .error("57014"), .error("53100"), .error("XX000"),
    ]

    @Test(
      "The first one, the second, … until none does: every row is changed exactly once",
      arguments: [
        ("range", "{batch: {rows: 2}, workers: 2, retry: {max: 2, backoff: 1ms}}", faults),
        (
          "per_row", "{batch: {rows: 2}, statement: per_row, retry: {max: 2, backoff: 1ms}}",
          Array(faults.prefix(3))
        ),
      ])
    func everyStatement(name: String, strategy: String, faults: [Interposer.Fault]) async throws {
      var live = LiveScenario("every_\(name)")
      live.rows = 6
      // An expression that tells twice from once, and one that does not.
      live.backfill = "{set: {n: \"n + 1\", v: \"upper(note)\"}}"
      live.strategy = strategy
      let scenario = live
      try await withEmptyFolder { folder in
        try await withCluster { cluster in
          let loop = try FaultLoop(scenario, on: cluster, folder)
          defer { loop.close() }
          for fault in faults {
            var statement = 1
            while try loop.isBroken(by: fault, at: statement) { statement += 1 }
            // What begins and ends the run, and three transactions.
            #expect(statement > 15, "\(fault) at \(statement) did not happen")
          }
        }
      }
    }
  }
}

/// One small backfill, run again and again through something that breaks one of its statements.
private final class FaultLoop {
  private let live: LiveScenario
  private let interposer: Interposer
  private let session: Connection
  private let target: LiveTarget

  init(_ live: LiveScenario, on cluster: ThrowawayCluster, _ folder: String) throws {
    self.live = live
    interposer = try Interposer(in: folder, before: cluster.folder.path + "/.s.PGSQL.5432")
    session = try Connection(cluster.primary.session, applicationName: "rehearse-test")
    try live.fill(session)
    let broken = cluster.primary.session.with("host", folder)
    target = LiveTarget(
      primary: .init(session: broken, observation: cluster.primary.administration), replicas: [],
      isThrowaway: true)
  }

  func close() { interposer.close() }

  /// Runs the backfill and, where it did not end well, goes on with it; false if it has fewer
  /// statements.
  func isBroken(by fault: Interposer.Fault, at statement: Int) throws -> Bool {
    try session.execute(
      """
      UPDATE \(live.table) SET n = id, v = NULL; DROP TABLE IF EXISTS \(live.progress)
      """)
    interposer.arm(statement, fault)
    let end = try run(resumes: false)
    let place: Comment = "\(fault) at statement \(statement)"
    let isDone = interposer.isDone
    if let end, isDone { #expect(end == expected(fault, end), place) }
    if end != .finished {
      #expect(isDone, place)
      let changed = try session.execute(
        "SELECT count(*) FROM \(live.table) WHERE n = id + 1 AND v = upper(note)"
      ).integer(0, 0)
      let known = try knownRows()
      #expect(changed == known ?? 0, place)
      let next = try run(resumes: known != nil)
      #expect(next == .finished, place)
    }
    let wrong = try session.execute(
      """
      SELECT count(*) FROM \(live.table)
      WHERE (n, v) IS DISTINCT FROM (id + 1, upper(note))
      """
    ).integer(0, 0)
    #expect(wrong == 0, place)
    return isDone
  }

  /// Lost connections are made again and conflicts tried again; what will not mend itself stops the
  /// run.
  private func expected(_ fault: Interposer.Fault, _ end: LiveResult.End) -> LiveResult.End {
    switch fault {
    case .cutBefore, .cutAfter, .error("40001"): return .finished
    case .error:
      if case .gaveUp(let reason) = end, reason.contains("made by a test") { return end }
      return .gaveUp("made by a test")
    }
  }

  /// Rows that the progress table says are done; nil where no run has begun.
  private func knownRows() throws -> Int? {
    let isThere = try session.execute("SELECT to_regclass($1)", [live.progress]).scalar != nil
    guard isThere else { return nil }
    return try session.execute("SELECT sum(rows) FROM \(live.progress)").integer(0, 0)
  }

  /// Nil where it did not come to begin.
  private func run(resumes: Bool) throws -> LiveResult.End? {
    let scenario = try live.scenario
    let backfill = try #require(scenario.backfill)
    let table = try TableCatalog.read(scenario.tables[0], on: session)
    do {
      let stage = try BackfillStage(
        scenario, backfill, table, on: target, run: live.schema, resumes: resumes)
      let runner = BackfillRunner(
        stage.configuration, text: stage.text, progress: stage.progress, heap: stage.heap,
        surroundings)
      try runner.warmUp()
      return withExtendedLifetime(stage) { runner.run(bounds: stage.bounds, rows: stage.rows) }
        .result
    } catch is LiveError {
      return nil
    } catch is ServerError {
      return nil
    }
  }

  private var surroundings: BackfillRunner.Surroundings {
    let meter = SignalMeterBox(watchesLatency: false)
    return .init(
      server: target.primary.session, board: StatementBoard(sessions: Workers.most),
      firstSession: 0, clock: LiveClock(),
      sensors: Sensors(replicas: 0, pools: [], meter: meter), told: [], shouldStop: { false },
      horizon: .distantFuture, progress: { _, _ in })
  }
}
