import Gates

extension ScenarioSchema {
  static let gate = Section(
    doc: "A rule that the run passes, fails, or cannot decide.",
    fields: [
      Field("id", .text(.name), .computed("the metric's name"), "Name of the gate."),
      Field(
        "metric", .text(.free), .required,
        "Name of a metric with labels in braces, such as \"app.latency.p99{class=checkout}\"."),
      Field(
        "expect", .text(.free), .required,
        "`<= 40ms`, `<= 1.8x before`, `<= deadline`; with `mean` first, the mean over trials."),
      Field(
        "window", .section(window), .nothing("the whole phase at once"),
        "Judge each window of the phase instead of the whole."),
      Field(
        "level", .word(GateRule.Level.allCases.map(\.rawValue)),
        .value("error", because: "a gate that does not count is written as warn"),
        "error decides the exit code, warn only reports, off is not judged."),
    ])

  private static let window = Section(
    doc: "Windows wholly inside the phase that hold enough samples.",
    fields: [
      Field("every", .quantity(.time, Bounds(1...86_400)), .required, "Length of a window."),
      Field(
        "take", .word(GateRule.Window.Take.allCases.map(\.rawValue)),
        .value("worst", because: "an average over windows hides a bad minute"),
        "Which window's value counts."),
    ])
}
