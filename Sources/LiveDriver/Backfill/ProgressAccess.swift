/// Where a backfill writes down what it has committed, or what it means that it may not.
struct ProgressAccess {
  /// Nil where the role may neither make the table nor write it.
  let table: ProgressTable?
  let isThere: Bool
  /// A sentence each.
  let warnings: [String]

  /// Changes nothing.
  ///
  /// - Throws: `LiveError.unsafe` where there may be no progress rows and the backfill needs them.
  init(
    _ text: BackfillText, run: String, resumes: Bool, on connection: Connection
  ) throws(LiveError) {
    let table = ProgressTable(beside: text.table.name, run: run, key: text.key)
    let access = try LiveError.server { () throws(ServerError) in try table.access(on: connection) }
    isThere = access.isThere
    guard !access.isPermitted else {
      self.table = table
      warnings = []
      return
    }
    let obstacle = try LiveError.server {
      () throws(ServerError) in try text.whyNotTwice(on: connection)
    }
    let denial = "the role may not write \(table.table.sql)"
    let remedy =
      access.isThere
      ? "GRANT SELECT, INSERT ON \(table.table.sql)"
      : "grant it CREATE on the schema, or make the table for it: "
        + table.creation.replacing("\n", with: " ")
    if let obstacle {
      throw .unsafe(
        "\(denial), and a batch whose COMMIT is lost must not be done twice: \(obstacle)",
        help: remedy)
    }
    if resumes {
      throw .unsafe(
        "\(denial), so nothing says where run \"\(run)\" stopped",
        help: "begin anew, without --resume: its expressions may run twice; or \(remedy)")
    }
    self.table = nil
    var warnings = [
      "\(denial): a batch whose COMMIT is lost is done twice, which its expressions bear, and the run"
        + " cannot be resumed"
    ]
    let durability = try LiveError.server {
      () throws(ServerError) in try connection.execute("SHOW synchronous_commit").scalar
    }
    if durability == "off" {
      warnings.append(
        "with synchronous_commit = off and no progress rows nothing tells which batches a crash of the"
          + " server takes along: run verify afterwards")
    }
    self.warnings = warnings
  }
}
