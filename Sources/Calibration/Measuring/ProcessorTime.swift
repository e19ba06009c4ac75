import Glibc

/// How long one process has run and has waited to run, from the scheduler's own nanosecond counts.
struct ProcessorTime: Sendable, Hashable {
  /// Seconds on a core.
  var running: Double
  /// Seconds ready to run while others had the cores.
  var waiting: Double
  /// How often it was given a core.
  var turns: Double

  /// Nil where the process is not on this host, or the kernel does not count (`/proc/PID/schedstat`,
  /// sched-stats.rst of the kernel's documentation).
  static func of(process: Int) -> ProcessorTime? { read("/proc/\(process)/schedstat") }

  static func ofThisThreadsTurns() -> ProcessorTime? { read("/proc/thread-self/schedstat") }

  private static func read(_ path: String) -> ProcessorTime? {
    guard let file = fopen(path, "r") else { return nil }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 128)
    guard fgets(&line, Int32(line.count), file) != nil else { return nil }
    let text = String(
      decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    let fields = text.split(whereSeparator: \.isWhitespace).compactMap { Double($0) }
    guard fields.count >= 3 else { return nil }
    return ProcessorTime(
      running: fields[0] * 1e-9, waiting: fields[1] * 1e-9, turns: fields[2])
  }

  /// Of the calling thread, seconds on a core.
  static func ofThisThread() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}

/// Seconds of CLOCK_MONOTONIC.
func monotonicSeconds() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}
