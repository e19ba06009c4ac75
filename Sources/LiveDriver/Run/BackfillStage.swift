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

  /// `run` names the rows of `rehearse_progress`; `resumes` takes up what earlier sittings left there.
  init(
    _ scenario: Scenario, _ backfill: Backfill, on stage: LiveStage, run: String, resumes: Bool
  ) throws(LiveError) {
    let text = BackfillText(stage.tables[0], backfill, scenario.strategy)
    self.text = text
    do {
      let connection = try Connection(
        stage.target.primary.session, applicationName: "rehearse backfill")
      var progress = ProgressTable(beside: stage.tables[0].name, run: run, key: text.key)
      try connection.execute(progress.creation)
      var configuration = scenario.strategy
      let earlier = try progress.resume(on: connection)
      if resumes { configuration.resume = earlier }
      self.progress = progress
      self.configuration = configuration
      let size = try connection.execute(text.size.sql, text.size.parameters)
      let known = size.integer(0, 1) ?? 0
      rows = stage.target.isThrowaway || known == 0 ? scenario.tables[0].rows : known
      heap = BoundaryLookup.Heap(pages: size.integer(0, 0) ?? 0, rows: rows)
      if text.isPhysical {
        bounds = KeyRange(after: Key(-1), upTo: Key(Int64(heap.pages) - 1))
      } else {
        bounds = try Self.bounds(text, connection)
      }
      matching = try Self.matching(scenario, backfill, stage, connection)
    } catch {
      throw .server(error)
    }
    if resumes, configuration.resume == nil {
      throw .unfit("no run \"\(run)\" has left progress in \(progress.table.sql)")
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
    _ scenario: Scenario, _ backfill: Backfill, _ stage: LiveStage, _ connection: Connection
  ) throws(ServerError) -> Int? {
    guard stage.target.isThrowaway else { return nil }
    guard let filter = backfill.filter else { return scenario.tables[0].rows }
    let count = try connection.execute(
      "SELECT count(*) FROM \(stage.tables[0].name.sql) WHERE (\(filter))")
    return count.integer(0, 0)
  }
}
