import Primitives
import Strategies

/// What the backfill's loop has to do at known moments, in their order.
struct TimerLine {
  enum Timer {
    /// The strategy asked for it.
    case strategy(Int)
    case signal(Int)
    /// The strategy asked for a reading.
    case question(Signal)
    /// A reading that arrives later than it was measured.
    case delivery(Event)
    /// Someone outside changes a setting, or asks to stop.
    case told(Event)
  }

  /// Latest first; equal moments in the order of their setting.
  private var timers: [(at: Instant, timer: Timer)] = []

  var next: Instant? { timers.last?.at }

  mutating func add(_ timer: Timer, at instant: Instant) {
    let place = timers.firstIndex { $0.at <= instant } ?? timers.count
    timers.insert((instant, timer), at: place)
  }

  mutating func popDue(at now: Instant) -> Timer? {
    guard let last = timers.last, last.at <= now else { return nil }
    timers.removeLast()
    return last.timer
  }
}
