import Foundation

/// Where this host lets us make control groups, in either version of the kernel's interface.
enum ControlGroupHierarchy {
  /// Folders below which groups of ours may lie.
  static func parents() -> [String] {
    let mounts = Self.mounts()
    return (mounts.unified.map { [$0] } ?? []) + [mounts.blkio, mounts.cpu].compactMap { $0 }
  }

  /// Groups that hold one server to its limits; none where it has none.
  ///
  /// - Throws: `ClusterError`, as a refusal, where this host does not let us.
  static func groups(
    named name: String, holding limits: ResourceLimits, isPrimary: Bool, disk: String
  ) throws(ClusterError) -> [ControlGroup] {
    let operations = isPrimary ? limits.operations : limits.replicaOperations
    let throughput = isPrimary ? limits.throughput : nil
    let cores = isPrimary ? nil : limits.replicaCores
    guard operations != nil || throughput != nil || cores != nil else { return [] }
    let storage = operations != nil || throughput != nil
    let device = storage ? try BlockDevice(holding: disk) : nil
    let mounts = Self.mounts()
    var groups: [ControlGroup] = []
    if let device {
      if let blkio = mounts.blkio {
        let group = try make("\(blkio)/\(name)")
        for (file, limit) in [("iops", operations), ("bps", throughput)] {
          guard let limit else { continue }
          for direction in ["read", "write"] {
            try group.write(
              "\(device.number) \(Int(limit))", to: "blkio.throttle.\(direction)_\(file)_device")
          }
        }
        groups.append(group)
      } else {
        let group = try unified(name, mounts, controller: "io")
        var line = device.number
        if let operations { line += " riops=\(Int(operations)) wiops=\(Int(operations))" }
        if let throughput { line += " rbps=\(Int(throughput)) wbps=\(Int(throughput))" }
        try group.write(line, to: "io.max")
        groups.append(group)
      }
    }
    if let cores {
      // Quota and period of the fair scheduler, microseconds.
      let period = 100_000
      let quota = max(1_000, Int(cores * Double(period)))
      if let cpu = mounts.cpu {
        let group = try make("\(cpu)/\(name)")
        try group.write("\(period)", to: "cpu.cfs_period_us")
        try group.write("\(quota)", to: "cpu.cfs_quota_us")
        groups.append(group)
      } else {
        let group = try unified(name, mounts, controller: "cpu")
        try group.write("\(quota) \(period)", to: "cpu.max")
        if !groups.contains(group) { groups.append(group) }
      }
    }
    return groups
  }

  private struct Mounts {
    var blkio: String?
    var cpu: String?
    var unified: String?
  }

  private static func mounts() -> Mounts {
    let text = (try? String(contentsOfFile: "/proc/self/mounts", encoding: .utf8)) ?? ""
    var mounts = Mounts()
    for line in text.split(separator: "\n") {
      let fields = line.split(separator: " ")
      guard fields.count >= 4 else { continue }
      let options = fields[3].split(separator: ",")
      switch fields[2] {
      case "cgroup2": mounts.unified = String(fields[1])
      case "cgroup" where options.contains("blkio"): mounts.blkio = String(fields[1])
      case "cgroup" where options.contains("cpu"): mounts.cpu = String(fields[1])
      default: continue
      }
    }
    return mounts
  }

  /// A group of version 2, with the controller handed down to it.
  private static func unified(
    _ name: String, _ mounts: Mounts, controller: String
  ) throws(ClusterError) -> ControlGroup {
    guard let root = mounts.unified else {
      throw refusal("this system has no control groups for \(controller)")
    }
    let controllers =
      (try? String(contentsOfFile: "\(root)/cgroup.controllers", encoding: .utf8)) ?? ""
    guard controllers.split(whereSeparator: \.isWhitespace).contains(Substring(controller)) else {
      throw refusal("the control groups in \(root) do not control \(controller)")
    }
    do {
      try ControlGroup(path: root).write("+\(controller)", to: "cgroup.subtree_control")
    } catch {
      throw refusal(error.message)
    }
    return try make("\(root)/\(name)")
  }

  private static func make(_ path: String) throws(ClusterError) -> ControlGroup {
    guard mkdir(path, 0o755) == 0 || errno == EEXIST else {
      throw refusal("the control group \(path) cannot be made: \(SystemError.text(errno))")
    }
    return ControlGroup(path: path)
  }

  static func refusal(_ reason: String) -> ClusterError {
    ClusterError(
      "limits on storage and CPU cannot be set: \(reason)",
      help: [
        "run as root on Linux, where control groups are writable", "or leave the limits out",
      ], kind: .refused)
  }
}
