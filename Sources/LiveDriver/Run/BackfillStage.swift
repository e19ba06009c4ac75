import Primitives
import Scenarios
import Strategies

/// A backfill made ready: what to tell the strategy first, and where its batches go.
struct BackfillStage {
  let text: BackfillText
  /// Nil where the target forbids it.
  let progress: ProgressTable?
  let configuration: Configuration
  let heap: BoundaryLookup.Heap
  let bounds: KeyRange
  let rows: Int
  /// Rows that match the filter; nil where counting them was not worth a scan.
  let matching: Int?
  /// What the reader should know, a sentence each.
  let warnings: [String]
  /// While it lives, no process of an earlier sitting can commit anything.
  private let connection: Connection

  /// `run` names the rows of `rehearse_progress`; `resumes` takes up what earlier sittings left there.
  init(
    _ scenario: Scenario, _ backfill: Backfill, _ table: TableCatalog, on target: LiveTarget,
    run: String, resumes: Bool
  ) throws(LiveError) {
    let text = BackfillText(table, backfill, scenario.strategy)
    self.text = text
    do {
      connection = try Connection(
        target.primary.session, applicationName: BackfillConnection.applicationName)
    } catch {
      throw .server(error)
    }
    try text.checkExpressions(on: connection)
    let access = try ProgressAccess(text, run: run, resumes: resumes, on: connection)
    var progress = access.table
    warnings = access.warnings
    try progress?.makeReady(on: connection, isThere: access.isThere, resumes: resumes)
    do {
      let size = try connection.execute(text.size.sql, text.size.parameters)
      let known = size.integer(0, 1) ?? 0
      rows = target.isThrowaway || known == 0 ? scenario.tables[0].rows : known
      let pages = size.integer(0, 0) ?? 0
      var configuration = scenario.strategy
      if resumes, let progress {
        bounds = try progress.firstBounds(on: connection)
        configuration.resume = try progress.resumePoint(on: connection)
      } else {
        bounds =
          text.isPhysical
          ? KeyRange(after: Key(-1), upTo: Key(Int64(pages) - 1))
          : try Self.bounds(text, connection)
        try progress?.begin(bounds, on: connection)
      }
      let firstPages = text.isPhysical ? bounds.upTo?.int64.map { Int($0) + 1 } : nil
      heap = BoundaryLookup.Heap(pages: firstPages ?? pages, rows: rows)
      matching =
        target.isThrowaway
        ? try Self.matching(scenario, backfill, table, connection) : nil
      self.progress = progress
      self.configuration = configuration
    } catch {
      throw .server(error)
    }
  }

  /// `after` lies one below the smallest key; an empty table has no bounds.
  private static func bounds(
    _ text: BackfillText, _ connection: Connection
  ) throws(ServerError) -> KeyRange {
    let found = try connection.execute(text.bounds)
    guard found.count > 0, let first = found.text(0, 0).flatMap({ text.key.key($0) }),
      let last = found.text(0, 1).flatMap({ text.key.key($0) })
    else { return KeyRange(after: nil, upTo: nil) }
    let after = first.position == 0 ? nil : Key(position: first.position - 1)
    return KeyRange(after: after, upTo: last)
  }

  private static func matching(
    _ scenario: Scenario, _ backfill: Backfill, _ table: TableCatalog, _ connection: Connection
  ) throws(ServerError) -> Int? {
    guard let filter = backfill.filter else { return scenario.tables[0].rows }
    let count = try connection.execute(
      "SELECT count(*) FROM \(table.name.sql) WHERE \(BackfillText.enclosed(filter))", [])
    return count.integer(0, 0)
  }
}

extension ProgressTable {
  /// For how long the sessions of an earlier sitting may take to end.
  private static let patience = TimeSpan.seconds(30)

  /// Makes the table where it is not there; a run that goes on begins a sitting that is alone with it.
  fileprivate mutating func makeReady(
    on connection: Connection, isThere: Bool, resumes: Bool
  ) throws(LiveError) {
    try LiveError.server { () throws(ServerError) in
      // A crash may take batches along, and must not take along what says which run they are of.
      try connection.execute(
        """
        SELECT set_config('synchronous_commit', 'local', false)
        WHERE current_setting('synchronous_commit') = 'off'
        """)
      // To make what is there already takes the right to make it.
      if !isThere { try connection.execute(creation) }
    }
    guard resumes else { return }
    let isAlone: Bool
    do {
      guard try isKnown(on: connection) else { throw LiveError.noSuchRun(run, table: table.sql) }
      try begin(nil, on: connection)
      isAlone = try takeOver(on: connection, LiveClock(), within: Self.patience)
    } catch let error as LiveError {
      throw error
    } catch let error as ServerError {
      throw .server(error)
    } catch {
      throw .unfit("\(error)")
    }
    guard isAlone else {
      throw .denied(
        "sessions that earlier work at run \"\(run)\" has left do not end",
        help: "end them on the server, and try again")
    }
  }
}
