import Strategies

/// A management command of Django: a loop of short transactions.
struct DjangoScript {
  private let parts: ScriptParts

  init(_ parts: ScriptParts) { self.parts = parts }

  /// A constant text; what JSON escapes, Python reads the same.
  static func quoted(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": quoted += "\\\""
      case "\\": quoted += "\\\\"
      case _ where scalar.value < 0x20 || scalar.value == 0x7F:
        let digits = String(scalar.value, radix: 16)
        quoted += "\\x" + (digits.count == 1 ? "0" : "") + digits
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + "\""
  }

  /// The same with parameters: every percent sign of its own is doubled.
  private func statement(_ sql: (String) -> String) -> String {
    var text = ""
    for scalar in sql("\0").unicodeScalars {
      switch scalar {
      case "%": text += "%%"
      case "\0": text += "%s"
      default: text.unicodeScalars.append(scalar)
      }
    }
    return Self.quoted(text)
  }

  private var lockTimeout: String {
    parts.lockTimeout.map {
      "                    cursor.execute(\(Self.quoted("SET LOCAL lock_timeout = '\($0)'")))\n"
    } ?? ""
  }

  var text: String {
    let delay = RetryWords(parts.strategy.retry).program(
      "attempt", least: { "min(\($0), \($1))" }, random: "random.random()")
    let (key, table) = (parts.key, parts.table)
    let indent = String(repeating: " ", count: 16)
    let end =
      parts.strategy.giveUp == .stop
      ? "raise" : "self.stderr.write(f\"left out: keys {first} to {last}\")\n\(indent)return 0"
    let size = parts.isWhole ? "None" : "\(parts.rows.first)"
    return """
      \(parts.remarks.map { "# \($0)\n" }.joined())\
      # APP/management/commands/NAME.py; run it with: python manage.py NAME [--after KEY]
      import random
      import time

      from django.core.management.base import BaseCommand
      from django.db import OperationalError, connection, transaction

      ROWS = \(size)
      RETRIABLE = ("55P03", "40P01", "40001")


      class Command(BaseCommand):
          help = \(Self.quoted(ScriptParts.oneLine("Fill " + parts.tableText)))

          def add_arguments(self, parser):
              parser.add_argument("--after", help="go on from this key, the last one that was reported")

          def handle(self, *args, **options):
              if connection.in_atomic_block:
                  raise RuntimeError("inside a transaction every batch would wait for the last one")
              after, total = options["after"], 0
              final = self.value(\(statement { _ in "SELECT \(key) FROM \(table) ORDER BY \(key) DESC LIMIT 1" }))
              while final is not None:
                  first = self.first(after, final)
                  if first is None:
                      break
      \(parts.checks.map(check).joined())\
                  last = self.last(first, final)
                  began = time.monotonic()
                  total += self.change(first, last)
                  self.stdout.write(f"{total} rows; up to key {last}")
                  time.sleep(\(parts.pause.fixed) + \(parts.pause.ratio) * (time.monotonic() - began))
                  after = last
              self.stdout.write(f"done: {total} rows")

          def value(self, sql, parameters=()):
              with connection.cursor() as cursor:
                  cursor.execute(sql, parameters)
                  row = cursor.fetchone()
              return row[0] if row else None

          def first(self, after, final):
              if after is None:
                  return self.value(\(statement { _ in "SELECT \(key) FROM \(table) ORDER BY \(key) LIMIT 1" }))
              return self.value(
                  \(statement { "SELECT \(key) FROM \(table) WHERE \(key) > \($0) AND \(key) <= \($0) ORDER BY \(key) LIMIT 1" }),
                  (after, final),
              )

          def last(self, first, final):
              if ROWS is None:
                  return final
              found = self.value(
                  \(statement { "SELECT \(key) FROM \(table) WHERE \(key) >= \($0) AND \(key) <= \($0) ORDER BY \(key) OFFSET \($0) LIMIT 1" }),
                  (first, final, ROWS - 1),
              )
              return final if found is None else found

          def change(self, first, last):
              attempt = 0
              while True:
                  try:
                      with transaction.atomic(), connection.cursor() as cursor:
      \(lockTimeout)\
                          cursor.execute(
                              \(statement { "UPDATE \(table) SET \(parts.assignments) WHERE \(key) >= \($0) AND \(key) <= \($0) AND \(parts.filter)" }),
                              (first, last),
                          )
                          return cursor.rowcount
                  except OperationalError as error:
                      cause = error.__cause__
                      code = getattr(cause, "sqlstate", None) or getattr(cause, "pgcode", None)
                      attempt += 1
                      if code not in RETRIABLE:
                          raise
                      if attempt <= \(parts.strategy.retry.max):
                          time.sleep(\(delay))
                          continue
                      \(end)

      """
  }

  private func check(_ check: SignalQuery) -> String {
    let condition = { (condition: Condition) in
      "\(condition.comparison.rawValue) \(condition.limit)"
    }
    let query = "self.value(\(statement { _ in check.sql }))"
    let beyond = "            if \(query) \(condition(check.condition)):"
    let lines: [String]
    if let resume = check.resume {
      lines = [
        beyond, "                while not \(query) \(condition(resume)):",
        "                    time.sleep(\(check.every))",
      ]
    } else {
      lines = [
        beyond, "                time.sleep(\(check.holds))", "    " + beyond,
        "                    raise RuntimeError(\(Self.quoted("stopped: \(check.words)")))",
      ]
    }
    return lines.map { $0 + "\n" }.joined()
  }
}
