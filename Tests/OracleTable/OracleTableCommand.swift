import Foundation
import Oracles

/// Prints every closed form beside what the simulator's components give; fails if one lies outside.
///
/// Arguments, both optional: a part of the names of the cases to run, and a mutation.
@main
struct OracleTableCommand {
  static func main() async {
    let arguments = CommandLine.arguments.dropFirst()
    let mutation = arguments.compactMap(Mutation.init(rawValue:)).first ?? .none
    let part = arguments.first { Mutation(rawValue: $0) == nil } ?? ""
    let rows = await OracleTable.rows(of: part, mutation: mutation)
    let width = rows.map(\.name.count).max() ?? 0
    for row in rows {
      let name = row.name.padding(toLength: width, withPad: " ", startingAt: 0)
      let numbers = [row.closedForm, row.estimate, row.halfWidth].map {
        String(format: "%12.6g", $0)
      }
      let relative = row.closedForm == 0 ? 0 : 100 * row.halfWidth / abs(row.closedForm)
      let precision = String(format: "%6.2f %%", relative)
      let verdict = row.isInside ? (row.isPrecise ? "inside" : "too wide") : "OUTSIDE"
      print(
        name, numbers[0], numbers[1], "±", numbers[2], precision, verdict, row.source,
        separator: "  ")
    }
    let failed = rows.filter { !$0.isInside || !$0.isPrecise }.count
    print("\(rows.count) cases, \(rows.count - failed) inside the limits")
    exit(failed == 0 ? 0 : 1)
  }
}
