import Glibc
import Primitives

/// The host's processor time so far, over all cores, as the kernel counts it in hundredths of a second.
struct CPUTime: Hashable, Sendable {
  var busy: TimeSpan

  /// Nil where there is no /proc.
  static func now() -> CPUTime? {
    guard let file = fopen("/proc/stat", "r") else { return nil }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 512)
    guard fgets(&line, Int32(line.count), file) != nil else { return nil }
    let text = String(
      decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    // cpu user nice system idle iowait irq softirq steal …
    let fields = text.split(separator: " ").dropFirst().compactMap { Int64($0) }
    guard fields.count >= 7 else { return nil }
    let ticks = fields[0] + fields[1] + fields[2] + fields[5] + fields[6]
    return CPUTime(busy: .nanoseconds(ticks * 10_000_000))
  }

  /// This process's own, all threads.
  static func ofThisProcess() -> TimeSpan {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return .nanoseconds(Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
  }

  static func ofThisThread() -> TimeSpan {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return .nanoseconds(Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
  }
}

extension CPUTime {
  /// Processors that this host runs on.
  static var cores: Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }
}
