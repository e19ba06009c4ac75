/// The course of one trial in equal steps.
package struct TimeSeries: Sendable, Hashable, Codable {
  package struct Column: Sendable, Hashable, Codable {
    /// A metric's name, such as `app.latency.max{class=checkout}`.
    package var name: String
    package var unit: String
    /// One for each step; nil where nothing was seen.
    package var values: [Double?]
    package init(name: String, unit: String, values: [Double?]) {
      self.name = name
      self.unit = unit
      self.values = values
    }
  }
  /// Seconds from the backfill's start to the start of the first step; negative before it.
  package var start: Double
  /// Seconds.
  package var step: Double
  package var columns: [Column]

  package init(start: Double, step: Double, columns: [Column]) {
    self.start = start
    self.step = step
    self.columns = columns
  }
}
