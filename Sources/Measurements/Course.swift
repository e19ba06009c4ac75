import Primitives

/// Collects the time series: at most 1,200 steps, whose length doubles as the run goes on.
struct Course: Sendable {
  enum Kind: Sendable {
    /// Adds up within a step; shown per second.
    case rate
    /// The largest within a step.
    case maximum
  }
  static let mostSteps = 1_200

  private let kinds: [Kind]
  private var origin: Instant?
  /// The step last used, so that most instants need no division.
  private var recent: (start: Int64, end: Int64, row: Int) = (0, 0, 0)
  /// The largest `peak` of the recent step in the current stretch.
  private var recentPeak = -Double.infinity
  private var step: Int64 = 1_000_000_000
  /// Step by step, one entry per column; NaN where a maximum saw nothing.
  private var cells: [Double] = []
  private var empty: [Double]
  /// The same columns over the current stretch as a whole.
  private var stretch: [Double]

  init(kinds: [Kind]) {
    self.kinds = kinds
    empty = kinds.map { $0 == .rate ? 0 : .nan }
    stretch = empty
  }

  mutating func begin(at now: Instant) { if origin == nil { origin = now } }

  /// The step that holds the instant; nil before the first one.
  mutating func row(at instant: Instant) -> Int? {
    if instant.nanoseconds >= recent.start && instant.nanoseconds < recent.end {
      return recent.row
    }
    guard let origin, instant >= origin else { return nil }
    if (instant - origin).nanoseconds / step * Int64(kinds.count) >= cells.count { reach(instant) }
    let index = (instant - origin).nanoseconds / step
    let start = origin.nanoseconds + index * step
    recent = (start, start + step, Int(index) * kinds.count)
    recentPeak = -.infinity
    return recent.row
  }

  /// Adds to a column of rates.
  mutating func count(_ value: Double, column: Int, row: Int) {
    cells[row + column] += value
    stretch[column] += value
  }

  /// Raises a column of maxima.
  mutating func raise(_ value: Double, column: Int, row: Int) {
    if !(cells[row + column] >= value) { cells[row + column] = value }
    if !(stretch[column] >= value) { stretch[column] = value }
  }

  /// Raises one column of maxima, always the same one; mostly it needs no raising.
  mutating func peak(_ value: Double, column: Int, at instant: Instant) {
    if value <= recentPeak, instant.nanoseconds >= recent.start, instant.nanoseconds < recent.end {
      return
    }
    guard let row = row(at: instant) else { return }
    raise(value, column: column, row: row)
    recentPeak = value
  }

  mutating func add(_ value: Double, column: Int, at instant: Instant) {
    guard let row = row(at: instant) else { return }
    switch kinds[column] {
    case .rate: count(value, column: column, row: row)
    case .maximum: raise(value, column: column, row: row)
    }
  }

  /// Fills the skipped time with the stretch's mean rates and its maxima.
  mutating func endStretch(from start: Instant, to now: Instant, resumed: Instant) {
    defer { (stretch, recentPeak) = (empty, -.infinity) }
    let length = Double((now - start).nanoseconds)
    guard let origin, resumed > now, now >= origin, length > 0 else { return }
    let played = stretch
    reach(resumed)
    var from = now
    while from < resumed {
      let index = (from - origin).nanoseconds / step
      let to = min(resumed, origin + TimeSpan(nanoseconds: (index + 1) * step))
      let share = Double((to - from).nanoseconds) / length
      for (column, kind) in kinds.enumerated() {
        combine(
          kind == .rate ? played[column] * share : played[column],
          into: &cells[Int(index) * kinds.count + column], kind)
      }
      from = to
    }
  }

  private func combine(_ value: Double, into cell: inout Double, _ kind: Kind) {
    switch kind {
    case .rate: cell += value
    case .maximum: if !(cell >= value) && !value.isNaN { cell = value }
    }
  }

  /// Makes room for the instant, halving the resolution as often as needed.
  private mutating func reach(_ instant: Instant) {
    guard let origin else { return }
    let offset = (instant - origin).nanoseconds
    while offset / step >= Int64(Self.mostSteps) {
      step *= 2
      (recent, recentPeak) = ((0, 0, 0), -.infinity)
      halve()
    }
    while cells.count < (Int(offset / step) + 1) * kinds.count { cells += empty }
  }

  private mutating func halve() {
    let width = kinds.count
    var halved: [Double] = []
    halved.reserveCapacity(cells.count / 2 + width)
    var row = 0
    while row < cells.count {
      for column in 0..<width {
        var cell = cells[row + column]
        if row + width < cells.count {
          combine(cells[row + width + column], into: &cell, kinds[column])
        }
        halved.append(cell)
      }
      row += 2 * width
    }
    cells = halved
  }

  private var steps: Int { cells.count / max(1, kinds.count) }

  /// The first columns, each with its name and unit, as seen from `zero`.
  func series(names: [(name: String, unit: String)], from zero: Instant) -> TimeSeries? {
    guard let origin else { return nil }
    let seconds = Double(step) / 1e9
    let columns = names.indices.map { column in
      TimeSeries.Column(
        name: names[column].name, unit: names[column].unit,
        values: (0..<steps).map { index -> Double? in
          let cell = cells[index * kinds.count + column]
          return cell.isNaN ? nil : kinds[column] == .rate ? cell / seconds : cell
        })
    }
    return TimeSeries(start: (origin - zero).reported, step: seconds, columns: columns)
  }

  /// The same in fewer steps.
  func merged(toAtMost most: Int) -> Course {
    var course = self
    while course.steps > most {
      course.step *= 2
      course.recent = (0, 0, 0)
      course.halve()
    }
    return course
  }

  /// Step by step, the quantile of what the buckets from this column on count, seconds.
  func quantile(_ q: Double, bucketsFrom column: Int) -> [Double?] {
    (0..<steps).map { index in
      let first = index * kinds.count + column
      return LatencyBuckets.quantile(q, of: cells[first..<first + LatencyBuckets.count])
    }
  }
}
