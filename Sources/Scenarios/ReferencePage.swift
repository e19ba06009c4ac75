import Strategies

/// docs/scenario-format.md, printed from the schema tree.
package enum ReferencePage {
  package static func text() -> String {
    var parts = [introduction]
    var seen: Set<String> = []
    append(ScenarioSchema.root, path: "", to: &parts, &seen)
    parts.append(presets)
    parts.append(signals)
    return parts.joined(separator: "\n\n") + "\n"
  }

  private static let introduction = """
    # The scenario file

    This page is printed from the schema in `Sources/Scenarios/Schema`; a test fails when it differs. To change it, change the
    schema and run the tests with `RECORD=1`. `rehearse schema scenario` prints the same as JSON Schema for editors.

    ## Rules

    - YAML, UTF-8, one document of at most 1 MiB. Anchors and aliases are allowed; merge keys (`<<`), tags and tabs are not.
    - Unknown and duplicate keys are errors, and all problems are reported at once. `rehearse explain RH0101` says more about a code.
    - **A unit is mandatory where one exists**, for 0 as well. Times: `ns us ms s min h d` (never `m`). Sizes: `B kB MB GB TB` and
      `KiB MiB GiB TiB`, which differ. Rates: `420/s`, `1.2k/s`, `90/min`. Throughput: `40MiB/s`. Shares: `35%`. Counts take `k M G`: `240M`.
    - Numbers are read as written, never by YAML 1.1's rules: `017` and `12:30` are refused, `on` and `off` have to be quoted.
    - What is not written has a default; `rehearse plan` shows every value with its origin. Default < calibration < scenario < `--set`.
    - `variants` and `--set path=value`: maps merge; the alternatives `batch`, `pause`, `arrivals`, `keys` and lists replace whole; `null` removes.
      In a path, an item of a list is named by its name, id or index: `--set traffic.checkout.rate=500/s`. Setting a key inside an
      alternative keeps its other keys, unless it chooses the alternative (`batch.rows`, `batch.target_time`, `pause.ratio`, `keys.distribution`).
    - Presets are filled in below what is written: a key beside `preset` wins.
    - A comment `# rehearse-ignore RH0512: the reader needs the index` silences a warning: at the end of a line for that line, on a line
      of its own for the next one and what is indented below it. The reason is required; errors cannot be ignored.
    - *Reserved* keys are known and refused until they are built, because ignoring them would change the result.
    """

  private static func append(
    _ section: Section, path: String, to parts: inout [String], _ seen: inout Set<String>
  ) {
    let title = path.isEmpty ? "## The scenario" : "## `\(path)`"
    var lines = [title, "", section.doc, ""]
    if !section.forms.isEmpty {
      let forms = section.forms.map { form in
        "`\((form.required + form.optional).joined(separator: "`, `"))`"
      }
      lines += ["One of: \(forms.joined(separator: ", or ")).", ""]
    }
    lines += ["| key | value | default | |", "| --- | --- | --- | --- |"]
    lines += section.fields.map { row($0) }
    if !section.reserved.isEmpty {
      let names = section.reserved.sorted().map { "`\($0)`" }
      lines += ["", "Reserved: \(names.joined(separator: ", "))."]
    }
    parts.append(lines.joined(separator: "\n"))
    for field in section.fields {
      let list = if case .list = field.kind { "[]" } else { "" }
      let name = if case .dictionary = field.kind { ".NAME" } else { list }
      let inner = (path.isEmpty ? field.key : "\(path).\(field.key)") + name
      for nested in field.kind.sections where seen.insert(inner + nested.doc).inserted {
        guard field.key != "tables",
          !(path.hasPrefix("database.replicas") && field.key == "storage")
        else { continue }
        append(nested, path: inner, to: &parts, &seen)
      }
    }
  }

  private static func row(_ field: Field) -> String {
    "| `\(field.key)` | \(escaped(value(field.kind))) | \(escaped(absence(field.absence))) | \(escaped(field.doc)) |"
  }

  private static func value(_ kind: Kind) -> String {
    switch kind {
    case .count(let range):
      "count, \(Spelling.of(Double(range.lowerBound), .count)) to \(Spelling.of(Double(range.upperBound), .count))"
    case .number(let bounds): "number, \(range(bounds, .number))"
    case .quantity(let dimension, let bounds): "\(name(dimension)), \(range(bounds, dimension))"
    case .word(let words): words.map { "`\($0)`" }.joined(separator: ", ")
    case .noValue(let word): "`\(word)`"
    case .text(.free): "text"
    case .text: "name"
    case .flag: "`true`, `false`"
    case .timeOfDay: "`\"HH:MM\"`"
    case .section: "map"
    case .dictionary(let key, let value, _): "map of \(key) to \(self.value(value))"
    case .list(let item, _): "list of \(value(item))s"
    case .prefixed(let start, _): "`\(start)TIME`"
    case .either(let kinds): kinds.map(value).joined(separator: ", or ")
    case .anything: "anything that fits there"
    }
  }

  private static func name(_ dimension: Dimension) -> String {
    switch dimension {
    case .time: "time"
    case .ratio: "share"
    default: dimension.rawValue
    }
  }

  private static func range(_ bounds: Bounds, _ dimension: Dimension) -> String {
    let low = (bounds.lowOpen ? "above " : "") + Spelling.of(bounds.low, dimension)
    let high = (bounds.highOpen ? "below " : "") + Spelling.of(bounds.high, dimension)
    return "\(low) to \(high)"
  }

  private static func absence(_ absence: Absence) -> String {
    switch absence {
    case .required: "**required**"
    case .nothing(let meaning): meaning
    case .value(let value, let reason): "`\(value)`: \(reason)"
    case .byVersion(_, let reason): reason
    case .computed(let how): how
    }
  }

  private static func escaped(_ text: String) -> String { text.replacing("|", with: "\\|") }

  private static var presets: String {
    var lines = ["## Presets"]
    for family in Presets.Family.allCases {
      lines += ["", "### \(family.rawValue)", "", "| preset | fills in | |", "| --- | --- | --- |"]
      for preset in Presets.all where preset.family == family {
        let filled = preset.text.split(separator: "\n").map { "`\($0)`" }.joined(separator: "<br>")
        let isOurs = preset.family != .strategy || preset.source.isEmpty
        let fits = isOurs ? "" : " Made for \(preset.fits.text); rules of \(preset.source)."
        lines.append("| `\(preset.name)` | \(escaped(filled)) | \(escaped(preset.doc + fits)) |")
      }
      let later = Presets.notBuilt[family, default: []].map { "`\($0)`" }
      lines += ["", "Known, not built yet: \(later.joined(separator: ", "))."]
    }
    return lines.joined(separator: "\n")
  }

  private static var signals: String {
    """
    ## Signals and metrics

    Throttle rules and `sensors` name a signal: \(signalNames).
    Each is the value over the last `every`; without a sample for three times `every` it is unknown.

    Gates name a metric with its statistic and labels, see [metrics.md](metrics.md).
    """
  }

  private static var signalNames: String {
    Signal.allCases.map { "`\($0.rawValue)`" }.joined(separator: ", ")
  }
}
