import Primitives

/// Credits that let a device run above its baseline until they are spent.
///
/// One credit is one operation. The bucket starts full, fills at the baseline rate and never above
/// its size; with credits the device runs at the burst rate. From a balance C at full demand the
/// burst lasts C / (burst − baseline): awsdocs/amazon-ec2-user-guide, general-purpose.md (gp2).
struct BurstCredits: Sendable {
  /// Operations per second.
  let baseline: Double
  let burst: Double
  /// Credits in a full bucket.
  let size: Double
  private(set) var lowest: Double
  private var balance: Double
  /// Up to when the balance is accounted, in nanoseconds.
  private var accounted: Double = 0

  init(baseline: Double, burst: Double, size: Double) {
    precondition(baseline > 0 && burst >= baseline && size >= 0)
    self.baseline = baseline
    self.burst = burst
    self.size = size
    self.balance = size
    self.lowest = size
  }

  /// Credits at `time`, in nanoseconds, if nothing is spent until then.
  func balance(at time: Double) -> Double {
    min(size, balance + max(0, time - accounted) * 1e-9 * baseline)
  }

  /// Spends credits for `operations` that start to pass at `start`; returns the nanoseconds they
  /// take: at the burst rate while credits last, at the baseline after.
  mutating func spend(_ operations: Double, from start: Double) -> Double {
    let credits = balance(at: start)
    let drain = burst - baseline
    let affordable = drain > 0 ? credits * burst / drain : .infinity
    let fast = min(operations, affordable)
    let seconds = fast / burst + (operations - fast) / baseline
    balance = max(0, credits - fast * (drain / burst))
    accounted = start + seconds * 1e9
    lowest = min(lowest, balance)
    return seconds * 1e9
  }

  /// Spends (or, negative, returns) what a stretch of time that was not played would have.
  mutating func skip(net credits: Double) {
    balance = min(size, max(0, balance - credits))
    lowest = min(lowest, balance)
  }
}
