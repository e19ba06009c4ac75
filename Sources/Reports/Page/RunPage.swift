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
        source.firstRange(of: variantMark).map { String(source[..<$0.lowerBound]) } ?? source
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
    var charts: [Spec] = []
    let articles = groups.map { article(of: $0, charts: &charts) }
    let names = groups.map { $0[0].record.header.name }.joined(separator: ", ")
    let page: HTML = """
      <!doctype html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="color-scheme" content="light dark">
      <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; \
      script-src 'unsafe-inline' 'unsafe-eval'; img-src data:">
      <title>\(names): rehearsal of a backfill</title>
      <style>
      \(HTML(trusted: StyleSheet.text))
      </style>
      <noscript><style>.vega { display: none }</style></noscript>
      </head>
      <body>
      <main>
      \(articles)
      </main>
      \(scripts(charts))
      </body>
      </html>

      """
    return page.text
  }

  private func article(of group: [Input], charts: inout [Spec]) -> HTML {
    let report = RunReport(group)
    let sections = report.sections.map { section -> HTML in
      let figures = section.figures.map { figure -> HTML in
        charts.append(figure.spec)
        return """
          <figure><figcaption>\(figure.caption)</figcaption>
          <div class="vega" data-chart="\(charts.count - 1)"></div>
          <details class="numbers" open><summary>Numbers</summary>
          \(figure.numbers)</details></figure>

          """
      }
      return """
        <section>
        <h2>\(section.title)</h2>
        \(section.lead)\(figures)\(section.body)
        </section>

        """
    }
    return "<article>\n\(report.head)\(sections)</article>\n"
  }

  private func scripts(_ charts: [Spec]) -> HTML {
    guard !charts.isEmpty, let library = ChartLibrary.script else {
      return charts.isEmpty ? "" : "<p class=\"note\">\(ChartLibrary.missing)</p>"
    }
    let data = charts.map(\.json).joined(separator: ",\n")
    return """
      <script type="application/json" id="charts">[\(HTML(trusted: data))]</script>
      <script>/* \(HTML(trusted: ChartLibrary.notice)) */
      \(HTML(trusted: library))</script>
      <script>\(HTML(trusted: ChartLibrary.drawing))</script>
      """
  }
}

/// Between the file and the variant in a run's source.
package let variantMark = " --variant "

/// A part of a report: words, then charts, then tables.
struct PageSection {
  var title: String
  var lead: HTML = ""
  var figures: [Figure] = []
  var body: HTML = ""

  var isEmpty: Bool { lead.text.isEmpty && figures.isEmpty && body.text.isEmpty }
}
