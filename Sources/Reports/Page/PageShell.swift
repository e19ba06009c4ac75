/// A page that needs nothing but itself: no network, and no scripts to be read.
struct PageShell {
  private let title: String
  private var articles: [HTML] = []
  private var charts: [Spec] = []

  init(title: String) { self.title = title }

  mutating func add(_ head: HTML, _ sections: [PageSection]) {
    var parts: [HTML] = []
    for section in sections where !section.isEmpty {
      let figures = section.figures.map { figure in place(figure) }
      parts.append(
        """
        <section>
        <h2>\(section.title)</h2>
        \(section.lead)\(figures)\(section.body)
        </section>

        """)
    }
    articles.append("<article>\n\(head)\(parts)</article>\n")
  }

  private mutating func place(_ figure: Figure) -> HTML {
    charts.append(figure.spec)
    return """
      <figure><figcaption>\(figure.caption)</figcaption>
      <div class="vega" data-chart="\(charts.count - 1)"></div>
      <details class="numbers" open><summary>Numbers</summary>
      \(figure.numbers)</details></figure>

      """
  }

  var text: String {
    let page: HTML = """
      <!doctype html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="color-scheme" content="light dark">
      <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; \
      script-src 'unsafe-inline' 'unsafe-eval'; img-src data:">
      <title>\(title)</title>
      <style>
      \(HTML(trusted: StyleSheet.text))
      </style>
      <noscript><style>.vega { display: none }</style></noscript>
      </head>
      <body>
      <main>
      \(articles)
      </main>
      \(scripts)
      </body>
      </html>

      """
    return page.text
  }

  private var scripts: HTML {
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

/// A part of a report: words, then charts, then tables.
struct PageSection {
  var title: String
  var lead: HTML = ""
  var figures: [Figure] = []
  var body: HTML = ""

  var isEmpty: Bool { lead.text.isEmpty && figures.isEmpty && body.text.isEmpty }
}
