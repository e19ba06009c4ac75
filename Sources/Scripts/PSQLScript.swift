import Primitives
import Strategies

/// One file for psql: a block that commits after each batch.
struct PSQLScript {
  private let parts: ScriptParts

  init(_ parts: ScriptParts) { self.parts = parts }

  var text: String {
    let comment = parts.remarks.map { "-- \($0)\n" }.joined()
    return comment + (parts.isWhole ? whole : usage + settings + block)
  }

  private var whole: String {
    """
    \\set ON_ERROR_STOP on
    \(lockTimeout)UPDATE \(parts.table) SET \(parts.assignments)
    WHERE \(parts.filter);

    """
  }

  private var usage: String {
    """
    -- Run it with:  psql -X -f FILE DSN
    -- What is committed stays. Go on from a key that was reported with:  psql -X -v after=KEY -f FILE DSN
    \\set ON_ERROR_STOP on
    \\if :{?after}
    \\else
    \\set after ''
    \\endif

    """
  }

  private var lockTimeout: String {
    parts.lockTimeout.map { "SET lock_timeout = '\($0)';\n" } ?? ""
  }

  private var settings: String {
    "SET client_min_messages = notice;\n\(lockTimeout)SELECT set_config('rehearse.after', :'after', false) \\g /dev/null\n"
  }

  private var block: String {
    let body = declarations + bounds + loop
    let tag = Self.tag(notIn: body)
    return "DO \(tag)\n\(body)\(tag);\n"
  }

  /// A dollar quotation that nothing in the text can end.
  static func tag(notIn text: String) -> String {
    var tag = "$rehearse$"
    var number = 0
    // Byte by byte: a dollar sign with an accent on it is one to the server, and none to String.
    while Array(text.utf8).firstRange(of: Array(tag.utf8)) != nil {
      number += 1
      tag = "$rehearse\(number)$"
    }
    return tag
  }

  private var declarations: String {
    """
    DECLARE
      first_key \(parts.type);
      last_key \(parts.type);
      final_key \(parts.type);
      after_key \(parts.type) := nullif(current_setting('rehearse.after'), '')::\(parts.type);
      size bigint := \(parts.rows.first);
      wanted bigint := \(parts.rows.first);
      attempt int := 0;
      failed boolean;
      changed bigint := 0;
      total bigint := 0;
      began timestamptz;
      took float8 := 0;
      signal float8;
      looked timestamptz := '-infinity';
      beyond_since timestamptz;
      one_key \(parts.type);
    BEGIN

    """
  }

  private var bounds: String {
    let (key, table) = (parts.key, parts.table)
    return """
        SELECT \(key) INTO first_key FROM \(table)
        WHERE after_key IS NULL OR \(key) > after_key ORDER BY \(key) LIMIT 1;
        SELECT \(key) INTO final_key FROM \(table) ORDER BY \(key) DESC LIMIT 1;

      """
  }

  private var loop: String {
    let (key, table) = (parts.key, parts.table)
    return """
        WHILE first_key IS NOT NULL LOOP
      \(parts.checks.map(check).joined())\
          SELECT \(key) INTO last_key FROM \(table)
          WHERE \(key) >= first_key AND \(key) <= final_key ORDER BY \(key) OFFSET size - 1 LIMIT 1;
          last_key := coalesce(last_key, final_key);
          began := clock_timestamp();
          failed := false;
          changed := 0;
          BEGIN
      \(change)
          EXCEPTION WHEN lock_not_available OR deadlock_detected OR serialization_failure THEN
            failed := true;
          END;
          IF failed THEN
            ROLLBACK;
      \(failure)
          ELSE
            COMMIT;
            size := wanted;
          END IF;
          attempt := 0;
          took := extract(epoch FROM clock_timestamp() - began);
      \(steering)\
          total := total + changed;
          RAISE NOTICE '% rows; up to key %', total, last_key;
          PERFORM pg_sleep(\(pause));
          COMMIT;
          SELECT \(key) INTO first_key FROM \(table)
          WHERE \(key) > last_key AND \(key) <= final_key ORDER BY \(key) LIMIT 1;
        END LOOP;
        RAISE NOTICE 'done: % rows', total;
      END

      """
  }

  private var pause: String {
    let (fixed, ratio) = parts.pause
    return ratio > 0 ? "\(ratio) * took" : "\(fixed)"
  }

  private var steering: String {
    guard let target = parts.rows.target else { return "" }
    return """
          -- Towards \(target) s a batch, at most twice or half as large at a time.
          wanted := least(\(parts.rows.most), greatest(\(parts.rows.least),
            (size * least(2, greatest(0.5, \(target) / greatest(took, 1e-6))))::bigint));
          size := wanted;

      """
  }

  private var range: String {
    "WHERE \(parts.key) >= first_key AND \(parts.key) <= last_key AND \(parts.filter)"
  }

  private var change: String {
    let update = "UPDATE \(parts.table) SET \(parts.assignments)"
    let count = "GET DIAGNOSTICS changed = ROW_COUNT;"
    switch parts.strategy.statement {
    case .lockThenUpdate:
      return """
              PERFORM 1 FROM \(parts.table) \(range) ORDER BY \(parts.key) FOR UPDATE;
              \(update) \(range);
              \(count)
        """
    case .perRow:
      return """
              FOR one_key IN SELECT \(parts.key) FROM \(parts.table) \(range) ORDER BY \(parts.key) LOOP
                \(update) WHERE \(parts.key) = one_key AND \(parts.filter);
                changed := changed + 1;
              END LOOP;
        """
    case .keys:
      return """
              \(update) WHERE \(parts.key) = ANY(ARRAY(
                SELECT \(parts.key) FROM \(parts.table) \(range) ORDER BY \(parts.key)))
              AND \(parts.filter);
              \(count)
        """
    case .range, .ctid:
      return """
              \(update) \(range);
              \(count)
        """
    }
  }

  /// After a batch that rolled back: wait and try again, or give up as the strategy says.
  private var failure: String {
    let retry = parts.strategy.retry
    let delay = RetryWords(retry)
    let end: String
    switch parts.strategy.giveUp {
    case .stop:
      end = "RAISE EXCEPTION 'gave up after % tries; all before key % is done', attempt, first_key;"
    case .skip:
      end = "RAISE WARNING 'left out: keys % to %', first_key, last_key;"
    case .split:
      end = """
        IF size > 1 THEN
                  size := greatest(1, size / 2);
                  attempt := 0;
                  CONTINUE;
                END IF;
                RAISE WARNING 'left out: keys % to %', first_key, last_key;
                size := wanted;
        """
    }
    return """
            attempt := attempt + 1;
            IF attempt <= \(retry.max) THEN
              PERFORM pg_sleep(\(delay.sql("attempt")));
              CONTINUE;
            END IF;
            \(end)
      """
  }

  /// Holds back, or stops, before a batch.
  private func check(_ check: SignalQuery) -> String {
    let look = "    \(check.sql) INTO signal;"
    let beyond = "signal \(check.condition.comparison.rawValue) \(check.condition.limit)"
    guard let resume = check.resume else {
      return """
            -- Stops where \(check.words) for \(check.holds) s.
        \(look)
            IF NOT (\(beyond)) THEN
              beyond_since := NULL;
            ELSIF beyond_since IS NULL THEN
              beyond_since := clock_timestamp();
            END IF;
            IF extract(epoch FROM clock_timestamp() - beyond_since) >= \(check.holds) THEN
              RAISE EXCEPTION 'stopped: \(check.words); all before key % is done', first_key;
            END IF;
            COMMIT;

        """
    }
    let goesOn = "signal \(resume.comparison.rawValue) \(resume.limit)"
    return """
          -- Pauses where \(check.words).
      \(look)
          IF \(beyond) THEN
            RAISE NOTICE 'paused: \(check.words)';
            LOOP
              COMMIT;
              PERFORM pg_sleep(\(check.every));
              COMMIT;
          \(look)
              EXIT WHEN \(goesOn);
            END LOOP;
          END IF;
          COMMIT;

      """
  }
}

/// How long to wait before another try.
struct RetryWords {
  let retry: Retry

  init(_ retry: Retry) { self.retry = retry }

  private func grown(_ attempt: String) -> String {
    retry.growth == .linear
      ? "\(retry.backoff.seconds) * \(attempt)"
      : "\(retry.backoff.seconds) * 2 ^ (\(attempt) - 1)"
  }

  /// Seconds, as SQL.
  func sql(_ attempt: String) -> String {
    let jitter = ["none": "1", "half": "(0.5 + random())", "full": "random()"]
    return
      "least(\(retry.maxBackoff.seconds), \(grown(attempt))) * \(jitter[retry.jitter.rawValue] ?? "1")"
  }

  /// The same for Ruby and Python, which both write powers as `**`.
  func program(_ attempt: String, least: (String, String) -> String, random: String) -> String {
    let jitter = ["none": "1", "half": "(0.5 + \(random))", "full": random]
    let delay = least("\(retry.maxBackoff.seconds)", grown(attempt).replacing("^", with: "**"))
    return "\(delay) * \(jitter[retry.jitter.rawValue] ?? "1")"
  }
}
