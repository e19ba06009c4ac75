import Foundation

/// One of the kernel's control groups: a folder that holds processes and limits.
struct ControlGroup: Hashable, Sendable {
  /// The folder, which carries the cluster's name.
  let path: String

  /// Moves a process, and with it all it will start, into the group.
  func add(_ processID: Int) throws(ClusterError) {
    try write("\(processID)", to: "cgroup.procs")
  }

  func write(_ text: String, to file: String) throws(ClusterError) {
    let descriptor = open("\(path)/\(file)", O_WRONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw ClusterError("\(path)/\(file) cannot be opened: \(SystemError.text(errno))")
    }
    defer { close(descriptor) }
    let bytes = Array(text.utf8)
    guard Foundation.write(descriptor, bytes, bytes.count) == bytes.count else {
      throw ClusterError("\(path)/\(file) does not take \"\(text)\": \(SystemError.text(errno))")
    }
  }

  /// The groups of a cluster, found by its name.
  static func all(of cluster: String) -> [ControlGroup] {
    ControlGroupHierarchy.parents().flatMap { parent in
      let names = (try? FileManager.default.contentsOfDirectory(atPath: parent)) ?? []
      return names.sorted().filter { $0.hasPrefix(cluster + "-") }
        .map { ControlGroup(path: "\(parent)/\($0)") }
    }
  }

  /// Takes the limits off: a process that waits for held-back writes cannot end before they are done.
  func lift() throws(ClusterError) {
    for file in [
      "blkio.throttle.read_iops_device", "blkio.throttle.write_iops_device",
      "blkio.throttle.read_bps_device", "blkio.throttle.write_bps_device",
    ] {
      for device in limitedDevices(in: file) { try write("\(device) 0", to: file) }
    }
    for device in limitedDevices(in: "io.max") {
      try write("\(device) rbps=max wbps=max riops=max wiops=max", to: "io.max")
    }
    for (file, unlimited) in [("cpu.cfs_quota_us", "-1"), ("cpu.max", "max")]
    where FileManager.default.fileExists(atPath: "\(path)/\(file)") {
      try write(unlimited, to: file)
    }
  }

  private func limitedDevices(in file: String) -> [String] {
    let text = (try? String(contentsOfFile: "\(path)/\(file)", encoding: .utf8)) ?? ""
    return text.split(separator: "\n").compactMap {
      $0.split(separator: " ").first.map(String.init)
    }
  }

  /// Removes the group; waits up to 5 s for the processes in it, which end after their postmaster.
  func remove() {
    for _ in 0..<500 {
      guard rmdir(path) != 0, errno == EBUSY else { return }
      usleep(10_000)
    }
  }
}
