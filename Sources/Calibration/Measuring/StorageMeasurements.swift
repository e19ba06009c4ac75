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
  /// in that folder; nil where the folder is not here or the file system has no direct access.
  static func reads(folder: String, count: Int) -> Measured.Reading? {
    let path = folder + "/rehearse-calibrate-reads"
    guard write(path) else { return nil }
    defer { unlink(path) }
    let file = open(path, O_RDONLY | direct)
    guard file >= 0 else { return nil }
    defer { close(file) }
    let buffer = UnsafeMutableRawPointer.allocate(byteCount: 128 << 10, alignment: 4_096)
    defer { buffer.deallocate() }
    let key = RandomKey(seed: 1, trial: 0, entity: 1, purpose: 0x4EAD)
    func time(_ bytes: Int, _ place: (Int) -> Int) -> Double? {
      let start = monotonicSeconds()
      for index in 0..<count {
        guard pread(file, buffer, bytes, off_t(place(index))) == bytes else { return nil }
      }
      return (monotonicSeconds() - start) / Double(count)
    }
    let pages = fileBytes / page
    guard let random = time(page, { Int(key.bits(UInt64($0)) % UInt64(pages)) * page }),
      let sequential = time(128 << 10, { $0 * (128 << 10) % fileBytes })
    else { return nil }
    return ["random": random, "sequential": sequential]
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
