import Primitives
import Scenarios
import Strategies

// How fast the backfill goes through the rows ahead, of which a window tells everything but what full leaves cost.
extension Model {
  /// A window's time for each row, taken apart.
  struct Pace {
    /// Seconds of a row beside what full leaves cost.
    var perRow: Double
    /// Seconds of each row pointer of a full leaf, on average over workers and over the time that a throttle
    /// held them back: then nothing takes longer.
    var perPointer: Double
    /// Versions that come into the indexes with each row.
    var insertedPerRow: Double
    /// Row pointers of each row in the window.
    var pointersPerRow: Double

    var whole: Double { perRow + perPointer * pointersPerRow }
    /// By what rows ahead of a stretch may at most be faster.
    var fastest: Double { min(1 + Model.drift, whole / max(1e-12, perRow)) }
  }

  /// A stretch ends where a row takes by more than this share longer or shorter than in the window.
  fileprivate static let drift = 0.15

  /// Seconds that each row pointer of a full leaf takes, shared among the workers.
  var secondsPerPointer: Double {
    let workers = Double(max(1, strategy?.configuration.workers ?? 1))
    return leafPass.seconds * (1 + costs.contention * (workers - 1)) / workers
  }

  /// Worker seconds in which a throttle held the backfill back, over the number of workers.
  var heldTime: Double {
    guard let strategy else { return 0 }
    return strategy.tally.paused.throttle.seconds / Double(max(1, strategy.configuration.workers))
  }

  /// Nil where no row costs more than another.
  func pace(of window: SteadyState.Sums, _ length: TimeSpan) -> Pace? {
    guard window.rows > 0, window.inserted > 0, !tables[0].layout.passes.isEmpty,
      leafPass > .zero
    else { return nil }
    let rows = Double(window.rows)
    let perPointer = secondsPerPointer * window.freeShare(of: length)
    let pointers = window.passTime / secondsPerPointer / rows
    return Pace(
      perRow: max(0, length.seconds / rows - perPointer * pointers), perPointer: perPointer,
      insertedPerRow: Double(window.inserted) / rows, pointersPerRow: pointers)
  }

  /// Seconds that so many rows take, `after` others.
  private mutating func seconds(of rows: Double, after: Double, _ pace: Pace) -> Double {
    let from = tables[0].indexedVersions + Int(after * pace.insertedPerRow)
    let pointers = tables[0].leafPointers(from: from, to: from + Int(rows * pace.insertedPerRow))
    return pace.perRow * rows + pace.perPointer * pointers
  }

  /// How long rows ahead take about as long as those of the window, looked for in so much time.
  mutating func steadyTime(_ window: SteadyState.Sums, _ length: TimeSpan, within most: TimeSpan)
    -> TimeSpan
  {
    guard let pace = pace(of: window, length) else { return most }
    let rows = max(Double(window.rows), most.seconds / pace.whole / 32)
    var (passed, time) = (0.0, 0.0)
    while time < most.seconds {
      let seconds = seconds(of: rows, after: passed, pace)
      if abs(seconds / rows / pace.whole - 1) > Self.drift { break }
      passed += rows
      time += seconds
    }
    return min(most, TimeSpan(seconds: time))
  }

  /// The rows of the next so many windows: as many as the window's, but for what full leaves will cost.
  mutating func rowsAhead(_ window: SteadyState.Sums, _ length: TimeSpan, repeats: Int) -> Int {
    let same = window.rows * repeats
    guard let pace = pace(of: window, length) else { return same }
    let time = length.seconds * Double(repeats)
    var (low, high) = (Double(same) / 2, Double(same) * 2)
    for _ in 0..<40 {
      let middle = (low + high) / 2
      if seconds(of: middle, after: 0, pace) < time { low = middle } else { high = middle }
    }
    return Int(low.rounded())
  }
}
