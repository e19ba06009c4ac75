import Scenarios

/// The batch that fits the device's operations a second: the mapping from IOPS to batch size.
///
/// Storage bounds the pace, and the batch only through it; on a device that is fast enough another
/// bound decides. Each row is `BatchBounds` of the same scenario on such a device.
package struct CapacityMap: Hashable, Sendable {
  package struct Row: Hashable, Sendable {
    /// Operations a second.
    package var iops: Double
    package var bounds: BatchBounds
    /// Rows a second with the batch that `bounds` allows; 0 where it allows none.
    package var rate: Double
    /// The scenario's own device.
    package var isOwn: Bool
  }
  /// Ascending in operations a second.
  package var rows: [Row]

  /// Volumes as they are sold: gp3 from 3,000 to 16,000 (AWS EBS user guide), io2 beyond, and a
  /// hard-disk array below.
  package static let usual: [Double] = [500, 1_000, 3_000, 6_000, 12_000, 16_000, 64_000]

  /// Nil where the scenario has no batches.
  package init?(_ scenario: Scenario, iops: [Double] = usual) {
    let own = scenario.database.storage.iops
    rows = Set(iops + [own]).sorted().compactMap { iops in
      var changed = scenario
      changed.database.storage.iops = iops
      guard let bounds = BatchBounds(changed) else { return nil }
      let rows = bounds.rows
      let order = rows >= 1 ? FirstOrder(changed.with(batchRows: rows)) : nil
      return Row(
        iops: iops, bounds: bounds, rate: order?.rates.binding?.rowsPerSecond ?? 0,
        isOwn: iops == own)
    }
    if rows.isEmpty { return nil }
  }
}
