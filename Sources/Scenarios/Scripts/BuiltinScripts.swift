/// pgbench's own scripts, as `pgbench --show-script` prints them.
enum BuiltinScripts {
  static let names = ["tpcb-like", "simple-update", "select-only"]

  static func text(_ name: String) -> String? {
    switch name {
    case "tpcb-like": draws + update + tellersAndBranches + insert
    case "simple-update": draws + update + insert
    case "select-only":
      """
      \\set aid random(1, 100000 * :scale)
      SELECT abalance FROM pgbench_accounts WHERE aid = :aid;

      """
    default: nil
    }
  }

  private static let draws = """
    \\set aid random(1, 100000 * :scale)
    \\set bid random(1, 1 * :scale)
    \\set tid random(1, 10 * :scale)
    \\set delta random(-5000, 5000)
    BEGIN;

    """
  private static let update = """
    UPDATE pgbench_accounts SET abalance = abalance + :delta WHERE aid = :aid;
    SELECT abalance FROM pgbench_accounts WHERE aid = :aid;

    """
  private static let tellersAndBranches = """
    UPDATE pgbench_tellers SET tbalance = tbalance + :delta WHERE tid = :tid;
    UPDATE pgbench_branches SET bbalance = bbalance + :delta WHERE bid = :bid;

    """
  private static let insert = """
    INSERT INTO pgbench_history (tid, bid, aid, delta, mtime) VALUES (:tid, :bid, :aid, :delta, CURRENT_TIMESTAMP);
    END;

    """
}
