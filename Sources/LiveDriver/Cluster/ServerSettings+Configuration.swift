import Foundation
import Primitives
import Scenarios

/// One line of postgresql.conf.
struct ConfigurationLine: Hashable, Sendable {
  var name: String
  /// Unquoted.
  var value: String

  init(_ name: String, _ value: String) {
    self.name = name
    self.value = value
  }

  /// The file's own quoting: doubled quotes and backslashes.
  var text: String {
    let escaped = value.flatMap { $0 == "'" || $0 == "\\" ? [$0, $0] : [$0] }
    return "\(name) = '\(String(escaped))'"
  }
}

extension ServerSettings {
  /// The scenario's settings in the words of that major version; `notes` says what is not as asked.
  ///
  /// `mostBuffers` is what this host can give to one server's shared_buffers, bytes.
  func configuration(
    version: Int, mostBuffers: Int, notes: inout [String]
  ) -> [ConfigurationLine] {
    var buffers = sharedBuffers
    if buffers > mostBuffers {
      buffers = mostBuffers
      notes.append(
        "shared_buffers is \(mostBuffers >> 20)MB here, not \(sharedBuffers >> 20)MB: this host has"
          + " no room for more")
    }
    var lines = [
      ConfigurationLine("shared_buffers", "\(buffers >> 10)kB"),
      ConfigurationLine("min_wal_size", "\(max(32, minWALSize >> 20))MB"),
      ConfigurationLine("max_wal_size", "\(max(32, maxWALSize >> 20))MB"),
      ConfigurationLine("checkpoint_timeout", checkpointTimeout.wholeSeconds),
      ConfigurationLine("checkpoint_completion_target", "\(checkpointCompletionTarget)"),
      ConfigurationLine("synchronous_commit", synchronousCommit.rawValue),
      ConfigurationLine("full_page_writes", fullPageWrites ? "on" : "off"),
      ConfigurationLine("wal_level", logicalWAL ? "logical" : "replica"),
      ConfigurationLine("deadlock_timeout", deadlockTimeout.wholeMilliseconds),
      ConfigurationLine("lock_timeout", lockTimeout.wholeMilliseconds),
      ConfigurationLine("commit_delay", "\(min(100_000, commitDelay.nanoseconds / 1_000))"),
      ConfigurationLine(
        "max_standby_streaming_delay",
        maxStandbyStreamingDelay == .forever ? "-1" : maxStandbyStreamingDelay.wholeMilliseconds),
      ConfigurationLine("hot_standby_feedback", hotStandbyFeedback ? "on" : "off"),
      ConfigurationLine("recovery_min_apply_delay", recoveryMinApplyDelay.wholeMilliseconds),
    ]
    lines += compression(version: version, notes: &notes)
    lines += vacuuming(version: version)
    if version >= 15 {
      lines.append(ConfigurationLine("recovery_prefetch", recoveryPrefetch > 1 ? "try" : "off"))
    }
    return lines
  }

  /// Before version 15 the setting is a switch, and pglz is what it switches on.
  private func compression(version: Int, notes: inout [String]) -> [ConfigurationLine] {
    guard version < 15 else {
      return [ConfigurationLine("wal_compression", walCompression.rawValue)]
    }
    if walCompression == .lz4 || walCompression == .zstd {
      notes.append(
        "wal_compression is pglz here, not \(walCompression.rawValue): version \(version) has no"
          + " other")
    }
    return [ConfigurationLine("wal_compression", walCompression == .off ? "off" : "on")]
  }

  private func vacuuming(version: Int) -> [ConfigurationLine] {
    var lines = [
      ConfigurationLine("autovacuum", autovacuum ? "on" : "off"),
      ConfigurationLine("autovacuum_naptime", autovacuumNaptime.wholeSeconds),
      ConfigurationLine("autovacuum_vacuum_threshold", "\(autovacuumThreshold)"),
      ConfigurationLine("autovacuum_vacuum_scale_factor", "\(autovacuumScaleFactor)"),
      ConfigurationLine("autovacuum_vacuum_cost_delay", "\(autovacuumCostDelay.seconds * 1e3)"),
      ConfigurationLine("autovacuum_vacuum_cost_limit", "\(autovacuumCostLimit)"),
      ConfigurationLine("vacuum_cost_page_hit", "\(vacuumCostPageHit)"),
      ConfigurationLine("vacuum_cost_page_miss", "\(vacuumCostPageMiss)"),
      ConfigurationLine("vacuum_cost_page_dirty", "\(vacuumCostPageDirty)"),
    ]
    if version >= 18, let autovacuumMaxThreshold {
      lines.append(
        ConfigurationLine("autovacuum_vacuum_max_threshold", "\(autovacuumMaxThreshold)"))
    }
    return lines
  }
}

extension TimeSpan {
  /// At least one second, as the settings that are read in seconds ask.
  fileprivate var wholeSeconds: String { "\(max(1, Int(seconds.rounded())))s" }
  fileprivate var wholeMilliseconds: String { "\((nanoseconds + 999_999) / 1_000_000)ms" }
}
