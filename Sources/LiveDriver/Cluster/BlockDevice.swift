import Foundation

/// The whole disk that a folder lies on, as control groups name it.
struct BlockDevice: Hashable, Sendable {
  /// Major and minor number, such as 254:0.
  let number: String

  /// - Throws: `ClusterError`, as a refusal, for memory, network and layered file systems.
  init(holding path: String) throws(ClusterError) {
    var status = stat()
    guard stat(path, &status) == 0 else {
      throw ClusterError("\(path) cannot be read: \(SystemError.text(errno))")
    }
    // makedev(3): glibc spreads both numbers over 64 bits.
    let device = UInt64(status.st_dev)
    let major = (device >> 8 & 0xfff) | (device >> 32 & ~0xfff)
    let minor = (device & 0xff) | (device >> 12 & ~0xff)
    let entry = "/sys/dev/block/\(major):\(minor)"
    guard FileManager.default.fileExists(atPath: entry) else {
      throw ControlGroupHierarchy.refusal(
        "\(path) is not on a disk of this host; set TMPDIR to a folder that is")
    }
    number = Self.wholeDisk(entry) ?? "\(major):\(minor)"
  }

  /// Limits belong to the disk, not to its partition.
  private static func wholeDisk(_ entry: String) -> String? {
    guard FileManager.default.fileExists(atPath: "\(entry)/partition"),
      let text = try? String(contentsOfFile: "\(entry)/../dev", encoding: .utf8)
    else { return nil }
    return text.trimmingCharacters(in: .whitespacesAndNewlines)
  }
}
