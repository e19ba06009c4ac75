import Primitives

extension DecisionLog.Entry: CustomStringConvertible {
  /// One line: `12.050000000 batch 3 committed by 0: 1000 rows in 0.012000000 -> run 4 …`.
  package var description: String {
    "\(at.text) \(event)" + (actions.isEmpty ? "" : " -> ")
      + actions.map(\.description).joined(separator: "; ")
  }
}

extension Event: CustomStringConvertible {
  package var description: String {
    switch self {
    case .started(let bounds, let rows):
      "started \(bounds) \(rows) rows"
    case .boundaryFound(let id, let upTo, let rows, let duration):
      "boundary \(id) found \(upTo.text): \(rows) rows in \(duration.text)"
    case .boundaryFailed(let id, let code, let duration):
      "boundary \(id) failed: \(code) in \(duration.text)"
    case .rowsSkipped(let id, let worker, let skipped):
      "batch \(id) left out by \(worker): "
        + skipped.map { "\($0.range) \($0.rows) rows" }.joined(separator: ", ")
    case .batchCommitted(let id, let worker, let rows, let skipped, let duration):
      "batch \(id) committed by \(worker): \(rows) rows, \(skipped) skipped in \(duration.text)"
    case .batchFailed(let id, let worker, let code, let duration):
      "batch \(id) failed by \(worker): \(code) in \(duration.text)"
    case .timerFired(let id):
      "timer \(id)"
    case .signalMeasured(let signal, let value, let measuredAt):
      "\(signal.rawValue) = \(value.map { "\($0)" } ?? "unknown") at \(measuredAt.text)"
    case .settingChanged(let setting):
      "set \(setting)"
    case .cancelRequested:
      "cancel"
    case .stretchSkipped(let batches, let rows, let upTo, let length):
      "skipped \(batches) batches, \(rows) rows up to \(upTo.text) in \(length.text)"
    }
  }
}

extension Action: CustomStringConvertible {
  package var description: String {
    switch self {
    case .findBoundary(let id, let after, let rows, let method, let direction):
      "find \(id) \(direction) after \(after.text) \(rows) rows by \(method)"
    case .execute(let batch, let worker, let lockTimeout):
      "run \(batch.id).\(batch.attempt) \(batch.range) \(batch.rows) rows by \(worker) \(lockTimeout)"
    case .cancel(let worker):
      "cancel \(worker)"
    case .setTimer(let id, let at):
      "timer \(id) at \(at.text)"
    case .subscribe(let signal, let every):
      "subscribe \(signal.rawValue) every \(every.text)"
    case .measure(let signal):
      "measure \(signal.rawValue)"
    case .finish:
      "finish"
    case .abort(let reason):
      "abort \(reason)"
    }
  }
}

extension BoundaryMethod: CustomStringConvertible {
  package var description: String {
    switch self {
    case .keyset: "keyset"
    case .offset(let skipped): "offset \(skipped)"
    case .filter: "filter"
    }
  }
}

extension LockTimeout: CustomStringConvertible {
  package var description: String {
    switch self {
    case .server: "server"
    case .serverPlus(let span): "server+\(span.text)"
    case .after(let span): "lock timeout \(span.text)"
    case .nowait: "nowait"
    case .skipLocked: "skip locked"
    }
  }
}

extension AbortReason: CustomStringConvertible {
  package var description: String {
    switch self {
    case .throttle(let rule): "throttle \(rule)"
    case .retriesExhausted(let batch, let code): "batch \(batch): \(code)"
    case .cancelled: "cancelled"
    case .connectionLost: "connection lost"
    }
  }
}

extension Setting: CustomStringConvertible {
  package var description: String {
    switch self {
    case .workers(let workers): "workers \(workers)"
    case .batchRows(let rows): "batch \(rows) rows"
    case .pause(.fixed(let span)): "pause \(span.text)"
    case .pause(.ratio(let ratio)): "pause ratio \(ratio)"
    case .lockTimeout(let timeout): "\(timeout)"
    }
  }
}

extension KeyRange: CustomStringConvertible {
  package var description: String { "(\(after.text), \(upTo.text)]" }
}

extension Key: CustomStringConvertible {
  /// The signed 64-bit key, or 32 hexadecimal digits.
  package var description: String {
    if let int64 { return "\(int64)" }
    let digits = String(position, radix: 16)
    return String(repeating: "0", count: 32 - digits.count) + digits
  }
}

extension Key? {
  fileprivate var text: String { map { "\($0)" } ?? "end" }
}

extension Instant {
  /// Seconds since the start with all nine decimals.
  fileprivate var text: String { secondsText(nanoseconds) }
}

extension TimeSpan {
  fileprivate var text: String { secondsText(nanoseconds) }
}

/// Exact, unlike a `Double` of seconds.
private func secondsText(_ nanoseconds: Int64) -> String {
  let (seconds, rest) = nanoseconds.magnitude.quotientAndRemainder(dividingBy: 1_000_000_000)
  let digits = String(rest)
  return (nanoseconds < 0 ? "-" : "") + "\(seconds)."
    + String(repeating: "0", count: 9 - digits.count) + digits
}
