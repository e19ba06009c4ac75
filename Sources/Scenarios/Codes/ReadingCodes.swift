extension Codes {
  static let reading: [Page] = [
    Page(
      code: "RH0001", title: "the file is not text",
      text: """
        A scenario is a YAML text in UTF-8. Another encoding, a control character or binary data \
        was found at the place shown.
        """, bad: "an archive, or a file saved as UTF-16", good: "the same file saved as UTF-8",
      isShown: false),
    Page(
      code: "RH0002", title: "the file is too large",
      text: """
        A scenario has at most one mebibyte, which is a thousand traffic classes five times over. \
        A larger file is refused before it is read: it is probably a dump.
        """, bad: "rehearse simulate orders.sql", good: "rehearse simulate orders.yaml",
      isShown: false),
    Page(
      code: "RH0003", title: "the file is not YAML",
      text: """
        The YAML scanner could not go on at the place shown. The cause is often a line above: a \
        missing quote or bracket, or a line that is indented differently from its neighbours.
        """, bad: "database: {cores: 8", good: "database: {cores: 8}"),
    Page(
      code: "RH0004", title: "nested too deep",
      text: "No scenario needs more than 32 levels of lists and maps.",
      bad: "database: [[[[ … forty more …", good: "database: {cores: 8}", isShown: false),
    Page(
      code: "RH0005", title: "aliases that explode",
      text: """
        An alias repeats its anchor's value. Aliases of aliases multiply: a few lines can stand \
        for billions of values. A scenario may expand to 20,000 values.
        """, bad: "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b, … and so on …]",
      good: "the values written out, or variants", isShown: false),
    Page(
      code: "RH0006", title: "merge keys are not supported",
      text: """
        `<<` copies keys from somewhere else and hides which of two values wins. Use variants, \
        a preset, or write the keys out. Plain anchors and aliases are allowed.
        """, bad: "pools: {app: &app {size: 40}, jobs: {<<: *app, size: 5}}",
      good: "pools: {app: {size: 40}, jobs: {size: 5}}"),
    Page(
      code: "RH0007", title: "a tab in the indentation",
      text: "YAML forbids tabs in front of a line's content, because nobody can see their width.",
      bad: "database:\n\tcores: 8", good: "database:\n  cores: 8"),
    Page(
      code: "RH0008", title: "the file is empty",
      text: "Nothing but blanks and comments. `rehearse init FILE` writes a commented scenario.",
      bad: "# to be written", good: "what rehearse init writes", isShown: false),
    Page(
      code: "RH0009", title: "several documents in one file",
      text: "A line of three dashes starts another YAML document. A file holds one scenario.",
      bad: "database: {cores: 8}\n---\ndatabase: {cores: 16}", good: "database: {cores: 8}"),
    Page(
      code: "RH0011", title: "a comment that ignores nothing, or for no reason",
      text: """
        `# rehearse-ignore` names the code of one warning and, after a colon, why it does not \
        matter here. At the end of a line it covers that line; on a line of its own it covers the \
        next one, with everything indented more deeply below it. Errors cannot be ignored.
        """,
      bad: """
        traffic:
          # rehearse-ignore RH0520
          - {name: checkout, rate: 100/s, statements: [{kind: update}]}
        """,
      good: """
        traffic:
          # rehearse-ignore RH0520: these are eight batch jobs, each waits for its answer
          - {name: checkout, clients: 8, statements: [{kind: update}]}
        """),
    Page(
      code: "RH0010", title: "YAML tags are not supported",
      text: "A tag such as !!int or !include asks for a type. The schema knows the type already.",
      bad: "database: {cores: !!int 8}", good: "database: {cores: 8}"),
  ]
}
