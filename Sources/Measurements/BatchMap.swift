/// How large a batch may be, for other numbers of workers and other devices: what a report draws.
///
/// From closed forms, not from trials.
package struct BatchMap: Hashable, Sendable, Codable {
  package struct Bound: Hashable, Sendable, Codable {
    /// A short name, such as `lag`.
    package var reason: String
    /// The same for people.
    package var words: String
    /// What draws the line.
    package var limit: String
    /// Rows; nil where it limits nothing.
    package var rows: Double?
    package init(reason: String, words: String, limit: String, rows: Double?) {
      self.reason = reason
      self.words = words
      self.limit = limit
      self.rows = rows
    }
  }
  /// One place on an axis, with every bound there.
  package struct Place: Hashable, Sendable, Codable {
    /// Workers, or operations a second.
    package var at: Double
    package var bounds: [Bound]
    package init(at: Double, bounds: [Bound]) {
      self.at = at
      self.bounds = bounds
    }

    /// The bound that a growing batch meets first.
    package var binding: Bound? {
      bounds.filter { $0.rows != nil }.min { ($0.rows ?? .infinity) < ($1.rows ?? .infinity) }
    }
  }

  /// Rows of a batch as it is; nil where that varies.
  package var rows: Double?
  package var workers: Int
  /// Operations a second of the scenario's own device.
  package var iops: Double
  package var byWorkers: [Place]
  package var byIOPS: [Place]

  package init(rows: Double?, workers: Int, iops: Double, byWorkers: [Place], byIOPS: [Place]) {
    self.rows = rows
    self.workers = workers
    self.iops = iops
    self.byWorkers = byWorkers
    self.byIOPS = byIOPS
  }

  enum CodingKeys: String, CodingKey {
    case rows, workers, iops
    case byWorkers = "by_workers"
    case byIOPS = "by_iops"
  }
}
