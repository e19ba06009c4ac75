import Primitives
import Strategies
import Synchronization

/// What a throttle may look at, as it was last seen; written by the observers, read by the backfill.
final class Sensors: Sendable {
  struct Reading: Hashable, Sendable {
    /// Nil: looked at, but unknown.
    var value: Double?
    var measuredAt: Instant
  }

  private struct State {
    var lags: [(lag: TimeSpan, bytes: Int64, at: Instant)?]
    var logPosition: (position: Int64, at: Instant)?
    var deadRows: (rows: Int, at: Instant)?
    var vacuums: (count: Int, at: Instant)?
    var lockWaiting = 0
  }

  private let state: Mutex<State>
  private let meter: SignalMeterBox
  private let pools: [TrafficPool]

  init(replicas: Int, pools: [TrafficPool], meter: SignalMeterBox) {
    self.pools = pools
    self.meter = meter
    state = Mutex(State(lags: Array(repeating: nil, count: replicas)))
  }

  func replica(_ index: Int, lag: TimeSpan, bytes: Int64, at now: Instant) {
    state.withLock { $0.lags[index] = (lag, bytes, now) }
  }
  func log(_ position: LogPosition, at now: Instant) {
    state.withLock { $0.logPosition = (position.bytes, now) }
  }
  func deadRows(_ rows: Int, vacuums: Int, at now: Instant) {
    state.withLock { state in
      state.deadRows = (rows, now)
      state.vacuums = (vacuums, now)
    }
  }
  func lockWaiting(_ count: Int) { state.withLock { $0.lockWaiting = count } }

  /// Nil while the replica has not been read.
  func lag(of replica: Int) -> TimeSpan? { state.withLock { $0.lags[replica]?.lag } }

  /// A signal that is summed up over its period starts now.
  func begin(_ signal: Signal) {
    switch signal {
    case .locksWaitMean: _ = meter.readWaitMean()
    case .appLatencyP99: _ = meter.readLatencyP99()
    case .walRate: _ = walRate(over: .seconds(1), at: .zero)
    case .replicaLag, .replicaLagBytes, .locksWaiting, .appActive, .poolWaiting, .deadRows,
      .vacuumRunning:
      break
    }
  }

  func read(_ signal: Signal, over period: TimeSpan, at now: Instant) -> Reading {
    switch signal {
    case .replicaLag: return worst(at: now) { $0.lag.seconds }
    case .replicaLagBytes: return worst(at: now) { Double($0.bytes) }
    case .locksWaitMean: return Reading(value: meter.readWaitMean(), measuredAt: now)
    case .locksWaiting:
      return Reading(value: Double(state.withLock { $0.lockWaiting }), measuredAt: now)
    case .appActive:
      return Reading(value: Double(pools.reduce(0) { $0 + $1.inUse }), measuredAt: now)
    case .appLatencyP99: return Reading(value: meter.readLatencyP99(), measuredAt: now)
    case .poolWaiting:
      return Reading(value: Double(pools.reduce(0) { $0 + $1.waiting }), measuredAt: now)
    case .walRate: return walRate(over: period, at: now)
    case .deadRows:
      let seen = state.withLock { $0.deadRows }
      return Reading(value: seen.map { Double($0.rows) }, measuredAt: seen?.at ?? now)
    case .vacuumRunning:
      let seen = state.withLock { $0.vacuums }
      return Reading(value: seen.map { $0.count > 0 ? 1 : 0 }, measuredAt: seen?.at ?? now)
    }
  }

  private func walRate(over period: TimeSpan, at now: Instant) -> Reading {
    guard let seen = state.withLock({ $0.logPosition }) else {
      return Reading(value: nil, measuredAt: now)
    }
    let rate = meter.readLogRate(position: seen.position, over: period)
    return Reading(value: rate, measuredAt: seen.at)
  }

  /// Of all replicas; unknown while one of them is.
  private func worst(
    at now: Instant, _ value: ((lag: TimeSpan, bytes: Int64, at: Instant)) -> Double
  ) -> Reading {
    let lags = state.withLock { $0.lags }
    let known = lags.compactMap { $0 }
    guard known.count == lags.count, let oldest = known.map(\.at).min() else {
      return Reading(value: nil, measuredAt: now)
    }
    return Reading(value: known.map(value).max(), measuredAt: oldest)
  }
}
