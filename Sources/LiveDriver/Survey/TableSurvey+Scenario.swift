import Scenarios

extension TableSurvey {
  /// A commented scenario with the origin of every value; what is not known is said, and left to be
  /// typed.
  package var scenario: String {
    var lines = [
      "# Read from a server's catalogs and a sample of \(name); nothing was written there.",
      "# Values marked TODO could not be read: the backfill itself is yours to say.", "version: 1",
      "", "table:", "  name: \(quoted(name))",
    ]
    lines.append(
      rows.map { "  rows: \($0.value)  # \($0.origin)" } ?? "  rows: 1M  # TODO: not known")
    lines.append(
      rowWidth.map { "  row_width: \($0.value)B  # \($0.origin)" }
        ?? "  row_width: 200B  # TODO: not known")
    lines.append("  fillfactor: \(fillfactor)  # pg_class.reloptions")
    if let key { lines += keyLines(key) }
    lines += columnLines + indexLines
    lines += [
      "", "backfill:", "  set: {new_column: \"some_function(old_column)\"}  # TODO: yours",
      "  adds: 8B  # TODO: bytes that the new value adds to a row", "  deadline: 4h  # TODO: yours",
      "", "strategy: {preset: keyset, batch: {rows: 2000}, pause: 50ms, lock_timeout: 1s}", "",
    ]
    lines += trafficLines + databaseLines
    lines += [
      "", "gates:",
      "  - {id: app-p99, metric: app.latency.p99, expect: \"<= 50ms\"}",
      "  - {id: unserved, metric: app.unserved_ratio, expect: \"<= 0.1%\"}",
      "  - {id: deadline, metric: backfill.duration, expect: \"<= deadline\"}",
    ]
    if !unknown.isEmpty {
      lines += ["", "# Not learnt from the server:"] + unknown.map { "#   \(oneLine($0))" }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private func keyLines(_ key: Key) -> [String] {
    var lines = [
      "  primary_key:", "    column: \(quoted(key.column))",
      "    type: \(key.type.value.rawValue)  # \(key.type.origin)",
    ]
    if let order = key.order {
      lines.append("    order: \(order.value.rawValue)  # \(order.origin)")
    }
    if let gaps = key.gaps {
      lines.append("    gaps: \((gaps.value * 1000).rounded() / 10)%  # \(gaps.origin)")
    }
    return lines
  }

  private var columnLines: [String] {
    let others = columns.filter { $0.name != key?.column }
    guard !others.isEmpty else { return [] }
    return ["  columns:  # pg_attribute and pg_stats"]
      + others.map { column in
        var parts = ["name: \(quoted(column.name))", "type: \(quoted(column.type))"]
        if let width = column.width { parts.append("width: \(width)B") }
        if let distinct = column.distinct {
          parts.append("distinct: \(min(distinct, rows?.value ?? distinct))")
        }
        return "    - {\(parts.joined(separator: ", "))}"
      }
  }

  private var indexLines: [String] {
    guard !indexes.isEmpty else { return [] }
    return ["  indexes:  # pg_index"]
      + indexes.map { index in
        let names = index.columns.map(quoted).joined(separator: ", ")
        return "    - {name: \(quoted(index.name)), columns: [\(names)]}"
      }
  }

  private var trafficLines: [String] {
    guard !traffic.isEmpty else {
      return [
        "traffic:  # TODO: no operation was counted while this was read",
        "  - {preset: oltp-mixed, rate: 100/s}",
      ]
    }
    return ["traffic:  # two samples of pg_stat_user_tables"]
      + traffic.map { entry in
        "  - {name: \(entry.kind)s, rate: \(entry.rate)/s, "
          + "statements: [{kind: \(entry.kind), rows: 1, by: primary_key}]}"
      }
  }

  private var databaseLines: [String] {
    var lines = [
      "", "database:", "  version: \"\(serverVersion)\"  # server_version_num",
      "  cores: 8  # TODO: SQL does not show the host's",
      "  memory: 64GiB  # TODO: nor its memory",
    ]
    if !settings.isEmpty {
      lines.append("  settings:  # pg_settings")
      lines += settings.map { "    \($0.name): \($0.value)" }
    }
    if !replicas.isEmpty {
      lines.append("  replicas:  # pg_stat_replication")
      lines += replicas.map { "    - {name: \(quoted($0))}" }
    }
    return lines
  }

  /// A double-quoted scalar of YAML, on one line whatever the name holds.
  private func quoted(_ text: String) -> String {
    let escaped = text.unicodeScalars.map { scalar -> String in
      switch scalar {
      case "\"": "\\\""
      case "\\": "\\\\"
      case _ where scalar.value < 32:
        "\\x" + String(scalar.value + 256, radix: 16).dropFirst()
      default: String(scalar)
      }
    }
    return "\"\(escaped.joined())\""
  }

  private func oneLine(_ text: String) -> String {
    text.split(whereSeparator: \.isNewline).joined(separator: " ")
  }
}
