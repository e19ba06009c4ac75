import Foundation
import Glibc

/// Memory that nobody else gets while it is held: the part that was used a moment ago.
///
/// The host of a virtual machine takes back what the machine does not use, and has to supply it again, page by
/// page, to whoever touches it first (measured: 8 us a page, 2.5 us where it had been used just before). A server
/// that fills its buffers finds such pages; a calibration, which goes over little memory, would not.
final class HeldMemory {
  private let bytes: Int
  private let start: UnsafeMutableRawPointer?

  /// A third of this host's memory, but at most 8 GiB; nothing where it is not to be had.
  init() {
    bytes = min(8 << 30, Int(ProcessInfo.processInfo.physicalMemory / 3))
    let mapped = mmap(
      nil, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    start = mapped == MAP_FAILED ? nil : mapped
    guard let start else { return }
    for offset in stride(from: 0, to: bytes, by: 4_096) {
      start.storeBytes(of: 1, toByteOffset: offset, as: UInt8.self)
    }
  }

  deinit {
    if let start { munmap(start, bytes) }
  }
}
