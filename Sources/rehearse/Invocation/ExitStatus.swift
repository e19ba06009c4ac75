/// What the process tells its caller; codes from 64 on follow sysexits.h, as ArgumentParser does.
package enum ExitStatus: Int32, Sendable, CaseIterable {
  /// Finished; every error-level gate passed, or there are none.
  case success = 0
  /// Could not complete for a reason not below.
  case incomplete = 1
  /// A gate failed.
  case gateFailed = 2
  /// The interval straddles a limit, too few samples, or the time bound was hit.
  case inconclusive = 3
  /// A live run was stopped by a throttle's abort rule.
  case stoppedByThrottle = 5
  case usage = 64
  /// Scenario, calibration or run file invalid.
  case invalidInput = 65
  case noSuchInput = 66
  case serverUnreachable = 69
  /// Our bug.
  case internalError = 70
  case outputNotWritable = 73
  case refusedForSafety = 77
  case invalidProjectConfiguration = 78
  case interrupted = 130
  case terminated = 143

  /// Of several causes the first of these decides: signal, 70, 1, 5, 2, 3.
  private static let precedence: [ExitStatus] = [
    .interrupted, .terminated, .internalError, .incomplete, .stoppedByThrottle, .gateFailed,
    .inconclusive,
  ]

  /// The status of several runs together.
  ///
  /// Causes outside the table's precedence end a command at
  /// once; they come before verdicts, after signals and bugs.
  static func combined(_ causes: [ExitStatus]) -> ExitStatus {
    func rank(_ status: ExitStatus) -> Int {
      if status == .success { return .max }
      return precedence.firstIndex(of: status) ?? 3
    }
    return causes.min { rank($0) < rank($1) } ?? .success
  }
}
