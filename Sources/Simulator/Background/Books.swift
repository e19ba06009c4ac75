/// The totals of one trial that have to balance, counted apart from the statistics.
struct Books {
  var arrived = 0
  var completed = 0
  var timedOut = 0
  var rejected = 0
  var errored = 0
  var inFlight = 0
  var logInserted: Int64 = 0
  /// Handed to the replicas after a flush.
  var logShipped: Int64 = 0
  var rowsToCover = 0
  var rowsCovered = 0
  var rowsMissed = 0
  var lockWaitNanoseconds: Int128 = 0
  /// Integral of the number of lock waiters over played time.
  var lockWaitIntegral: Int128 = 0

  /// The laws that do not hold, in words with their numbers.
  ///
  /// `inserted` and `flushed` are the log's own positions.
  func violations(remainingRows: Int, inserted: Int64, flushed: Int64) -> [String] {
    var found: [String] = []
    let ended = completed + timedOut + rejected + errored
    if arrived != ended + inFlight {
      found.append(
        "arrived \(arrived) ≠ completed \(completed) + timed out \(timedOut) + rejected \(rejected)"
          + " + errored \(errored) + in flight \(inFlight)")
    }
    if rowsToCover != rowsCovered + rowsMissed + remainingRows {
      found.append(
        "rows \(rowsToCover) ≠ covered \(rowsCovered) + missed \(rowsMissed)"
          + " + remaining \(remainingRows)")
    }
    if logInserted != inserted {
      found.append("log written \(logInserted) ≠ inserted \(inserted)")
    }
    if logShipped != flushed {
      found.append("log handed to shipping \(logShipped) ≠ flushed \(flushed)")
    }
    if lockWaitNanoseconds != lockWaitIntegral {
      found.append(
        "lock waits of \(lockWaitNanoseconds) ns ≠ ∫ waiters dt = \(lockWaitIntegral) ns")
    }
    return found
  }
}
