/// What driving and observing a live run cost, and how well the traffic's schedule was kept.
package struct DriverReport: Hashable, Sendable, Codable {
  /// Transactions begun, every try of them.
  package var transactions = 0
  /// Seconds from the moment a transaction was due to the moment it was sent, where a connection was
  /// free for it: the driver's own lateness, part of every latency.
  package var scheduleLagP50 = 0.0
  package var scheduleLagP99 = 0.0
  package var scheduleLagMax = 0.0
  /// Processor seconds of the driver's process.
  package var driverCPU = 0.0
  /// Statements that the observer ran on the servers.
  package var observations = 0
  /// Processor seconds of the observer's threads, part of the driver's.
  package var observerCPU = 0.0
  /// Seconds that the run took, from the first arrival to the last reading.
  package var length = 0.0
  /// Seconds that it was planned to take on this host; nil for a server of one's own, and where nobody
  /// could tell.
  package var planned: Double?

  package init() {}

  enum CodingKeys: String, CodingKey {
    case transactions, observations
    case scheduleLagP50 = "schedule_lag_p50_s"
    case scheduleLagP99 = "schedule_lag_p99_s"
    case scheduleLagMax = "schedule_lag_max_s"
    case driverCPU = "driver_cpu_s"
    case observerCPU = "observer_cpu_s"
    case length = "length_s"
    case planned = "planned_s"
  }
}
