import Gates
import Measurements

/// Runs of one or several scenarios as one page that needs nothing but itself: no network, and no
/// scripts to be read.
package struct RunPage {
  /// A run, and how it was named.
  package struct Input: Sendable {
    package var record: RunRecord
    /// How the scenario was named on the command line, with its variant; nil where that is not known.
    package var source: String?
    /// The file alone.
    package var path: String? {
      source.map { source in
        let ends = [variantMark, settingMark].compactMap { source.firstRange(of: $0)?.lowerBound }
        return String(source[..<(ends.min() ?? source.endIndex)])
      }
    }
    package init(_ record: RunRecord, source: String? = nil) {
      self.record = record
      self.source = source
    }
  }

  /// Runs of the same scenario share their charts: the first simulated one leads.
  private let groups: [[Input]]

  package init(_ inputs: [Input]) {
    var groups: [[Input]] = []
    for input in inputs {
      let same = groups.firstIndex { $0[0].record.header.name == input.record.header.name }
      if let same { groups[same].append(input) } else { groups.append([input]) }
    }
    self.groups = groups.map { group in
      let lead = group.firstIndex { $0.record.header.world == .simulated } ?? 0
      return [group[lead]] + group.enumerated().filter { $0.offset != lead }.map(\.element)
    }
  }

  package var text: String {
    let names = groups.map { $0[0].record.header.name }.joined(separator: ", ")
    var shell = PageShell(title: "\(names): rehearsal of a backfill")
    for group in groups {
      let report = RunReport(group)
      shell.add(report.head, report.sections)
    }
    return shell.text
  }
}

/// Between the file and the variant, or a value that was set, in a run's source.
package let variantMark = " --variant "
package let settingMark = " --set "
