import Foundation
import Glibc
import Primitives

/// Reads of the volume under the data, past every cache.
enum StorageMeasurements {
  private static let page = 8_192
  private static let fileBytes = 64 << 20
  /// O_DIRECT of open(2), which Swift does not import; its value depends on the processor.
  #if arch(arm64)
    private static let direct: Int32 = 0o200000
  #else
    private static let direct: Int32 = 0o40000
  #endif

  /// Seconds of single random reads of a page, and of sequential ones of 128 KiB, from a file of its own
  /// in that folder; none where the folder is not here or the file system has no direct access.
  static func reads(folder: String, count: Int) -> [Measured.Reading] {
    guard let path = pages(folder) else { return [] }
    let file = open(path, O_RDONLY | direct)
    guard file >= 0 else { return [] }
    defer { close(file) }
    let buffer = UnsafeMutableRawPointer.allocate(byteCount: 128 << 10, alignment: 4_096)
    defer { buffer.deallocate() }
    let key = RandomKey(seed: 1, trial: 0, entity: 1, purpose: 0x4EAD)
    func time(_ bytes: Int, at place: Int) -> Double? {
      let start = monotonicSeconds()
      guard pread(file, buffer, bytes, off_t(place)) == bytes else { return nil }
      return monotonicSeconds() - start
    }
    let pages = fileBytes / page
    var readings: [Measured.Reading] = []
    for index in 0..<count {
      let place = Int(key.bits(UInt64(index)) % UInt64(pages)) * page
      if let random = time(page, at: place) { readings.append(["random": random]) }
    }
    for index in 0..<count {
      guard let sequential = time(128 << 10, at: index * (128 << 10) % fileBytes) else { continue }
      readings.append(["sequential": sequential])
    }
    return readings
  }

  /// Mean rests before the flushes that are measured, seconds: none, and many times as long as a flush.
  static let rests = [0.0, 0.002, 0.02]

  /// Seconds of flushes of a page after random rests, exponentially distributed; none where the folder is
  /// not here.
  static func flushes(folder: String, pass: Int) -> [Measured.Reading] {
    guard let path = pages(folder) else { return [] }
    let file = open(path, O_WRONLY)
    guard file >= 0 else { return [] }
    defer { close(file) }
    let block = [UInt8](repeating: 1, count: page)
    let key = RandomKey(seed: 1, trial: pass, entity: 3, purpose: 0x4EAD)
    var draws: UInt64 = 0
    var readings: [Measured.Reading] = []
    for (mean, count) in zip(rests, [100, 60, 20]) {
      for index in 0..<count {
        draws += 1
        if mean > 0 { usleep(UInt32(-mean * Double.log(1 - key.uniform(draws)) * 1e6)) }
        let start = monotonicSeconds()
        guard pwrite(file, block, page, off_t(index * page)) == page, fdatasync(file) == 0 else {
          return readings
        }
        readings.append(["rest": mean, "seconds": monotonicSeconds() - start])
      }
    }
    return readings
  }

  /// Seconds in which new files as long as the server's log files are written full of zeros and flushed, as it
  /// does when none is left to be used again (XLogFileInitInternal); none where the folder is not here.
  ///
  /// They stay until `removeFiles`, since memory that was just given back is faster than what a server finds.
  static func logFiles(folder: String, pass: Int, count: Int) -> [Measured.Reading] {
    let zeros = [UInt8](repeating: 0, count: 1 << 20)
    return (0..<count).compactMap { number in
      let path = "\(folder)/\(prefix)log-\(pass)-\(number)"
      let (start, cpu) = (monotonicSeconds(), ProcessorTime.ofThisThread())
      let file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
      guard file >= 0 else { return nil }
      defer { close(file) }
      for _ in 0..<16 where Glibc.write(file, zeros, zeros.count) != zeros.count { return nil }
      guard fsync(file) == 0 else { return nil }
      return [
        "seconds": monotonicSeconds() - start, "cpu": ProcessorTime.ofThisThread() - cpu,
      ]
    }
  }

  private static let burstBytes = 128 << 20

  /// Seconds that a page of a long file takes on its way from the page cache to the volume, many requests at a
  /// time, as a checkpoint's and the operating system's own writing, and the CPU of one written over another in the
  /// page cache; none where the folder is not here.
  static func burst(folder: String, pass: Int) -> [Measured.Reading] {
    let path = "\(folder)/\(prefix)burst-\(pass)"
    let file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    guard file >= 0 else { return [] }
    defer {
      close(file)
      unlink(path)
    }
    let block = [UInt8](repeating: 1, count: 1 << 20)
    for _ in 0..<burstBytes >> 20 where Glibc.write(file, block, block.count) != block.count {
      return []
    }
    let start = monotonicSeconds()
    guard fsync(file) == 0 else { return [] }
    let seconds = (monotonicSeconds() - start) * Double(page) / Double(burstBytes)
    let cpu = ProcessorTime.ofThisThread()
    let count = burstBytes / page / 4
    for index in 0..<count {
      // As buffers are reused: in no order.
      let place = index &* 5_003 % (burstBytes / page) * page
      guard pwrite(file, block, page, off_t(place)) == page else { return [] }
    }
    return [["page": seconds, "rewrite": (ProcessorTime.ofThisThread() - cpu) / Double(count)]]
  }

  static func removeFiles(folder: String) {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    for name in names where name.hasPrefix(prefix) { unlink("\(folder)/\(name)") }
  }

  private static let prefix = "rehearse-calibrate-"

  /// How long this host lets pages stay dirty before it writes them, seconds; nil where it does not say.
  static func dirtyExpire() -> Double? {
    let text = try? String(
      contentsOfFile: "/proc/sys/vm/dirty_expire_centisecs", encoding: .utf8)
    return text.flatMap { Double($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
      .map { $0 / 100 }
  }

  /// The file that reads and flushes go to, made once; nil where it cannot be.
  private static func pages(_ folder: String) -> String? {
    let path = "\(folder)/\(prefix)pages"
    return access(path, F_OK) == 0 || write(path) ? path : nil
  }

  /// Synced, so that its pages lie where they will be read from.
  private static func write(_ path: String) -> Bool {
    let file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    guard file >= 0 else { return false }
    defer { close(file) }
    var block = [UInt8](repeating: 0, count: 1 << 20)
    let key = RandomKey(seed: 1, trial: 0, entity: 2, purpose: 0x4EAD)
    for index in block.indices { block[index] = UInt8(truncatingIfNeeded: key.bits(UInt64(index))) }
    for _ in 0..<(fileBytes >> 20) {
      guard Glibc.write(file, block, block.count) == block.count else { return false }
    }
    return fsync(file) == 0
  }
}
