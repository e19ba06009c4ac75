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

  /// Removes the groups of a cluster, once their processes are gone.
  static func removeAll(of cluster: String) {
    for parent in ControlGroupHierarchy.parents() {
      let names = (try? FileManager.default.contentsOfDirectory(atPath: parent)) ?? []
      for name in names.sorted() where name.hasPrefix(cluster + "-") {
        rmdir("\(parent)/\(name)")
      }
    }
  }
}
