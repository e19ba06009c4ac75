import Primitives
import Scenarios
import Strategies

/// A backfill made ready: what to tell the strategy first, and where its batches go.
struct BackfillStage {
  let text: BackfillText
  let progress: ProgressTable
  let configuration: Configuration
  let heap: BoundaryLookup.Heap
  let bounds: KeyRange
  let rows: Int
  /// Rows that match the filter; nil where counting them was not worth a scan.
  let matching: Int?
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
    var progress = ProgressTable(beside: table.name, run: run, key: text.key)
    try progress.makeReady(on: connection, resumes: resumes)
    do {
      let size = try connection.execute(text.size.sql, text.size.parameters)
      let known = size.integer(0, 1) ?? 0
      rows = target.isThrowaway || known == 0 ? scenario.tables[0].rows : known
      let pages = size.integer(0, 0) ?? 0
      var configuration = scenario.strategy
      if resumes {
        bounds = try progress.firstBounds(on: connection)
        configuration.resume = try progress.resumePoint(on: connection)
      } else {
        bounds =
          text.isPhysical
          ? KeyRange(after: Key(-1), upTo: Key(Int64(pages) - 1))
          : try Self.bounds(text, connection)
        try progress.begin(bounds, on: connection)
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
    on connection: Connection, resumes: Bool
  ) throws(LiveError) {
    do {
      // Asked first: to make what is there already takes the right to make it.
      let there = try connection.execute("SELECT to_regclass($1)", [table.sql])
      if there.scalar == nil { try connection.execute(creation) }
    } catch {
      guard error.sqlState == ServerError.insufficientPrivilege else { throw .server(error) }
      throw .denied(
        "the role may not make \(table.sql), whose rows make a lost connection decidable: "
          + error.message,
        help: "grant it CREATE on the schema, or make the table for it: "
          + creation.replacing("\n", with: " "))
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
