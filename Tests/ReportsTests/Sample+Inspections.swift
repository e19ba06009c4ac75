import Gates
import Measurements

extension Sample {
  /// A table with one check of each verdict.
  static var verification: VerifyRecord {
    var record = VerifyRecord(
      name: "orders-status", table: "\"public\".\"orders\"",
      target: "host=db-staging-17.internal.example.com port=5432 dbname=shop user=rehearse",
      read: "a replica", serverVersion: "15.18", hash: "sum(hash_record_extended(ROW(…), 0))")
    record.ranges = [
      .init(upTo: "2000", rows: 1_999, rowsSum: "-12", keptSum: "18446744073709551617")
    ]
    record.checks = [
      .init(
        .rows, .pass, measured: 1_999, unit: "rows", expected: "1999 rows", detail: "As before."),
      .init(
        .mismatches, .fail, measured: 3, unit: "rows", expected: "0 rows",
        detail: "Another value than the expression's, the first at id = 17.",
        help: "Find who writes the column otherwise. Run the backfill again: it finds 3 of them."),
      .init(
        .replicas, .inconclusive, unit: "s", expected: "<= 10 s",
        detail: "The role may not see the replicas' positions.", help: "GRANT pg_monitor to it."),
      .init(.errorRate, .none, unit: "ratio", detail: "No run was named."),
    ]
    return record
  }

  /// A server with one symptom, and one thing that could not be read.
  static var diagnosis: DiagnosisRecord {
    var record = DiagnosisRecord(
      target: "host=db-staging-17.internal.example.com port=5432 dbname=shop user=rehearse",
      serverVersion: "15.18", interval: 2)
    record.symptoms = [
      .init(
        .lockWaits, isPresent: true, seen: "2 sessions wait for locks, the longest for 13 s",
        values: ["waiters": 2, "longest_wait_s": 13],
        evidence: [
          "pid 71 (checkout) waits 13 s for transactionid ShareLock, blocked by pid 70 (psql, idle in transaction)"
        ], cause: "Row locks are held until their transaction ends.",
        mitigation: [
          "SELECT pg_terminate_backend(70); -- idle: there is no statement to cancel",
          "For the backfill: smaller batches, lock_timeout and backoff, so that it is the one to lose.",
        ]),
      .init(.archiving, isPresent: false, seen: "log is not archived"),
    ]
    record.unknown = ["the slots: permission denied"]
    return record
  }
}
