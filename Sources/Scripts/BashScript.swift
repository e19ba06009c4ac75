import Strategies

/// A loop around psql, one transaction a call.
struct BashScript {
  private let parts: ScriptParts

  init(_ parts: ScriptParts) { self.parts = parts }

  var text: String {
    let comment = parts.remarks.map { "# \($0)\n" }.joined()
    return "#!/usr/bin/env bash\n" + comment + (parts.isWhole ? whole : head + loop)
  }

  /// SQL as the input of a command; no line of it can be the end mark.
  private func here(_ sql: String) -> String {
    var mark = "SQL"
    let lines = sql.utf8.split(separator: UInt8(ascii: "\n"))
    while lines.contains(where: { $0.elementsEqual(mark.utf8) }) { mark += "_" }
    return "<<'\(mark)'\n\(sql)\n\(mark)"
  }

  private var lockTimeout: String {
    parts.lockTimeout.map { "SET LOCAL lock_timeout = '\($0)';\n" } ?? ""
  }

  private var whole: String {
    let sql = """
      BEGIN;
      \(lockTimeout)UPDATE \(parts.table) SET \(parts.assignments)
      WHERE \(parts.filter);
      COMMIT;
      """
    return "set -euo pipefail\npsql -X -v ON_ERROR_STOP=1 \"$@\" \(here(sql))\n"
  }

  private var head: String {
    """
    # Run it with:  AFTER= bash FILE DSN; what is committed stays, and AFTER=KEY goes on from a key that
    # was reported.
    set -euo pipefail

    run() { psql -X -q -A -t -v ON_ERROR_STOP=1 -v VERBOSITY=sqlstate "${dsn[@]}" "$@"; }
    dsn=("$@")
    size=\(parts.rows.first)
    total=0

    final=$(run \(here("SELECT \(parts.key) FROM \(parts.table) ORDER BY \(parts.key) DESC LIMIT 1;"))
    )
    first=$(run -v after="${AFTER:-}" \(here("""
      SELECT \(parts.key) FROM \(parts.table)
      WHERE nullif(:'after', '') IS NULL OR \(parts.key) > nullif(:'after', '')::\(parts.type)
      ORDER BY \(parts.key) LIMIT 1;
      """))
    )

    """
  }

  private var loop: String {
    """
    while [ -n "$first" ]; do
    \(parts.checks.map(check).joined())\
      last=$(run -v first="$first" -v final="$final" -v size="$size" \(here("""
      SELECT coalesce(
        (SELECT \(parts.key) FROM \(parts.table)
         WHERE \(parts.key) >= :'first'::\(parts.type) AND \(parts.key) <= :'final'::\(parts.type)
         ORDER BY \(parts.key) OFFSET :size - 1 LIMIT 1), :'final'::\(parts.type));
      """))
      )
      attempt=0
      until changed=$(run -v first="$first" -v last="$last" 2>"${TMPDIR:-/tmp}/rehearse.$$" \(here(batch))
      ); do
        if ! grep -qE '55P03|40P01|40001' "${TMPDIR:-/tmp}/rehearse.$$"; then
          cat "${TMPDIR:-/tmp}/rehearse.$$" >&2
          exit 1
        fi
        attempt=$((attempt + 1))
        if [ "$attempt" -gt \(parts.strategy.retry.max) ]; then
    \(failure)
        fi
        sleep "$(awk -v attempt="$attempt" -v seed="$RANDOM" 'BEGIN { srand(seed); print \(delay) }')"
      done
      total=$((total + ${changed:-0}))
      echo "$total rows; up to key $last" >&2
      \(pause)
      first=$(run -v last="$last" -v final="$final" \(here("""
      SELECT \(parts.key) FROM \(parts.table)
      WHERE \(parts.key) > :'last'::\(parts.type) AND \(parts.key) <= :'final'::\(parts.type)
      ORDER BY \(parts.key) LIMIT 1;
      """))
      )
    done
    rm -f "${TMPDIR:-/tmp}/rehearse.$$"
    echo "done: $total rows" >&2

    """
  }

  private var batch: String {
    let range = """
      WHERE \(parts.key) >= :'first'::\(parts.type) AND \(parts.key) <= :'last'::\(parts.type)
      AND \(parts.filter)
      """
    let lock =
      parts.strategy.statement == .lockThenUpdate
      ? "SELECT 1 FROM \(parts.table) \(range)\nORDER BY \(parts.key) FOR UPDATE \\g /dev/null\n"
      : ""
    return """
      BEGIN;
      \(lockTimeout)\(lock)WITH changed AS (
      UPDATE \(parts.table) SET \(parts.assignments)
      \(range) RETURNING 1)
      SELECT count(*) FROM changed;
      COMMIT;
      """
  }

  private var delay: String {
    RetryWords(parts.strategy.retry).program(
      "attempt", least: { "(\($0) < \($1) ? \($0) : \($1))" }, random: "rand()"
    )
    .replacing("**", with: "^")
  }

  private var failure: String {
    switch parts.strategy.giveUp {
    case .stop:
      """
            echo "gave up after $attempt tries; all before key $first is done" >&2
            exit 1
      """
    case .skip, .split:
      """
            echo "left out: keys $first to $last" >&2
            changed=0
            break
      """
    }
  }

  private var pause: String {
    let (fixed, ratio) = parts.pause
    return fixed > 0 ? "sleep \(fixed)" : ratio > 0 ? "sleep 0.1" : ":"
  }

  private func check(_ check: SignalQuery) -> String {
    let stop =
      "echo 'stopped: \(check.words)' >&2; exit 5"
    let resume = check.resume ?? check.condition
    let isBeyond =
      "SELECT CASE WHEN (\(check.sql)) \(check.condition.comparison.rawValue) \(check.condition.limit) THEN 1 END;"
    let goesOn =
      "SELECT CASE WHEN (\(check.sql)) \(resume.comparison.rawValue) \(resume.limit) THEN 1 END;"
    guard check.resume != nil else {
      return """
          if [ -n "$(run \(here(isBeyond))
          )" ]; then
            sleep \(check.holds)
            if [ -n "$(run \(here(isBeyond))
          )" ]; then \(stop); fi
          fi

        """
    }
    return """
        if [ -n "$(run \(here(isBeyond))
        )" ]; then
          echo 'paused: \(check.words)' >&2
          until [ -n "$(run \(here(goesOn))
        )" ]; do sleep \(check.every); done
        fi

      """
  }
}
