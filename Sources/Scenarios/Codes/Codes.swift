/// The long text of every code, as `rehearse explain` prints it.
package enum Codes {
  struct Page: Sendable {
    var code: String
    var title: String
    var text: String
    /// A part of a scenario, or a description where it cannot be shown.
    var bad: String
    var good: String
    /// `bad` and `good` are top-level sections that can be read as they stand.
    var isShown = true
  }

  package static var all: [String] { pages.map(\.code) }

  static let pages: [Page] =
    (reading + keys + values + gates + references + lints + presets + overrides + tuning)
    .sorted { $0.code < $1.code }

  /// Nil for a code that does not exist.
  package static func explain(_ code: String) -> String? {
    let wanted = code.uppercased()
    return pages.first { $0.code == wanted }.map { page in
      """
      \(page.code): \(page.title)

      \(page.text)

      Bad:
      \(indented(page.bad))

      Good:
      \(indented(page.good))
      """
    }
  }

  private static func indented(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false)
      .map { "    \($0)".trimmingEnd() }.joined(separator: "\n")
  }
}
