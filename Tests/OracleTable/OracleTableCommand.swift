import Foundation
import Oracles

/// Prints every closed form beside what the simulator's components give, then deliberate mistakes
/// and who noticed them; fails if a closed form lies outside or a mistake goes unnoticed.
///
/// Arguments, all optional: a part of the names of the cases to run, a mutation to run them with, and
/// `--mutations` for the mistakes alone.
@main
struct OracleTableCommand {
  static func main() async {
    let arguments = Array(CommandLine.arguments.dropFirst())
    let isAll = arguments.isEmpty
    let onlyMutations = arguments == ["--mutations"]
    var isSound = true
    if isAll { print(introduction) }
    if !onlyMutations {
      let mutation = arguments.compactMap(Mutation.init(rawValue:)).first ?? .none
      let part = arguments.first { Mutation(rawValue: $0) == nil } ?? ""
      isSound = await printClosedForms(of: part, mutation: mutation)
    }
    if isAll { print("\n## Deliberate mistakes\n") }
    if isAll || onlyMutations {
      let isNoticed = await printMutations()
      isSound = isSound && isNoticed
    }
    let seconds = Double(clock()) / Double(CLOCKS_PER_SEC)
    FileHandle.standardError.write(Data("\(Int(seconds.rounded())) s of CPU time\n".utf8))
    exit(isSound ? 0 : 1)
  }

  private static let introduction = """
    # Closed forms against the simulator's own components

    Written by `make oracles`. Twenty fixed seeds; the interval is that of 99.9 %. A mean is
    found to 0.5 % of it, a p95 to 1 %, a p99 to 2 %, an exponent to ± 0.05; identities and fluid
    limits hold as they stand.

    ## Closed forms

    """

  private static func printClosedForms(of part: String, mutation: Mutation) async -> Bool {
    let rows = await OracleTable.rows(of: part, mutation: mutation)
    printTable(
      ["case", "quantity", "closed form", "simulated", "±", "of it", "", "source"],
      rows.map { row in
        let verdict = row.isInside ? (row.isPrecise ? "inside" : "too wide") : "OUTSIDE"
        let share = String(format: "%.2f %%", 100 * row.relativeHalfWidth)
        return [row.oracle, row.quantity] + numbers(row) + [share, verdict, row.source]
      })
    let sound = rows.filter { $0.isInside && $0.isPrecise }.count
    let cases = Set(rows.map(\.oracle)).count
    print("\n\(cases) cases with \(rows.count) quantities, \(sound) of them inside the limits.")
    return sound == rows.count
  }

  private static func printMutations() async -> Bool {
    let rows = await MutationTable.rows()
    printTable(
      ["component", "mistake", "noticed by", "closed form", "simulated", "±", "quantities"],
      rows.map { row in
        let first = row.noticed.first
        return [row.component, row.mutation.text, first?.name ?? "NOBODY"]
          + (first.map(numbers) ?? ["", "", ""]) + ["\(row.noticed.count) of \(row.looked)"]
      })
    let noticed = rows.filter { !$0.noticed.isEmpty }.count
    print("\n\(rows.count) mistakes, \(noticed) of them noticed.")
    return noticed == rows.count
  }

  private static func numbers(_ row: OracleTable.Row) -> [String] {
    [row.closedForm, row.estimate, row.halfWidth].map { String(format: "%.6g", $0) }
  }

  /// As Markdown that is a table on a terminal, too.
  private static func printTable(_ head: [String], _ rows: [[String]]) {
    // Markdown wants three dashes.
    let widths = head.indices.map { column in
      ([head] + rows).reduce(3) { max($0, $1[column].count) }
    }
    func line(_ cells: [String]) -> String {
      let padded = zip(cells, widths).map { cell, width in
        cell + String(repeating: " ", count: width - cell.count)
      }
      return "| " + padded.joined(separator: " | ") + " |"
    }
    print(line(head))
    print(line(widths.map { String(repeating: "-", count: $0) }))
    for row in rows { print(line(row)) }
  }
}
