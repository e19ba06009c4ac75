import EventKernel
import Primitives
import TestSupport
import Testing

/// The obvious calendar: a list of what is pending, searched for the earliest each time.
private struct ListCalendar {
  var pending: [(time: Int64, number: Int)] = []
  var now: Int64 = 0

  mutating func next() -> Int? {
    // Numbers grow with scheduling, so (time, number) is the order that is promised.
    guard let first = pending.indices.min(by: { pending[$0] < pending[$1] }) else { return nil }
    let event = pending.remove(at: first)
    now = event.time
    return event.number
  }

  mutating func cancel(_ number: Int) -> Bool {
    guard let index = pending.firstIndex(where: { $0.number == number }) else { return false }
    pending.remove(at: index)
    return true
  }
}

/// Both calendars, driven alike and compared after each step, which finds the first difference.
private struct Twins: ~Copyable {
  var calendar = EventCalendar<Int>()
  var list = ListCalendar()
  var tokens: [EventToken] = []
  var random: RandomStream
  var difference: String?

  init(seed: UInt64) {
    random = RandomStream(RandomKey(seed: seed, trial: 0, entity: 0, purpose: 0))
  }

  mutating func compare<Value: Equatable>(_ what: String, _ ours: Value, _ theirs: Value) {
    if ours != theirs && difference == nil {
      difference = "\(what) at \(list.now): \(ours) instead of \(theirs)"
    }
  }

  mutating func schedule() {
    let time = list.now + Int64(random.below(40))
    list.pending.append((time, tokens.count))
    tokens.append(calendar.schedule(tokens.count, at: Instant(nanoseconds: time)))
  }

  /// Cancels one of the last 60 events: mostly pending ones, now and then one that is gone.
  mutating func cancelSome() {
    if !tokens.isEmpty { cancel(tokens.count - 1 - random.below(min(tokens.count, 60))) }
  }

  mutating func cancel(_ number: Int) {
    let was = calendar.isPending(tokens[number])
    let cancelled = calendar.cancel(tokens[number])
    compare("pending \(number)", was, cancelled)
    compare("cancelling \(number)", cancelled, list.cancel(number))
    compare("count", calendar.count, list.pending.count)
  }

  mutating func pop() {
    let fired = calendar.next()
    compare("event", fired, list.next())
    compare("now", calendar.now.nanoseconds, list.now)
    compare("count", calendar.count, list.pending.count)
  }

  mutating func peek() {
    let next = calendar.nextTime
    compare("next time", next?.nanoseconds, list.pending.map(\.time).min())
  }

  mutating func drain() {
    while !list.pending.isEmpty && difference == nil { pop() }
    pop()
  }
}

@Suite("The event calendar does what a searched list does")
struct CalendarTwinTests {
  /// Shares of 16 of each step; the first three fill, drain and stay level, the last mostly cancels.
  static let mixtures: [[Int]] = [[8, 2, 5, 1], [5, 2, 8, 1], [7, 1, 7, 1], [8, 6, 1, 1]]

  @Test("for random schedules, cancellations and pops", arguments: oracleSeeds)
  func random(seed: UInt64) {
    var twins = Twins(seed: seed)
    for mixture in CalendarTwinTests.mixtures {
      for _ in 0..<500 {
        switch twins.random.below(16) {
        case ..<mixture[0]: twins.schedule()
        case ..<(mixture[0] + mixture[1]): twins.cancelSome()
        case ..<(mixture[0] + mixture[1] + mixture[2]): twins.pop()
        default: twins.peek()
        }
      }
    }
    twins.drain()
    #expect(twins.difference == nil)
  }

  /// Every sequence of seven steps out of four, so that each meets the open root in each state.
  @Test("for every sequence of seven steps")
  func exhaustive() {
    for code in 0..<16_384 {
      var twins = Twins(seed: UInt64(code))
      twins.schedule()
      for step in 0..<7 {
        switch code >> (2 * step) & 3 {
        case 0: twins.schedule()
        case 1: twins.cancelSome()
        case 2: twins.pop()
        default: twins.peek()
        }
      }
      twins.drain()
      if let difference = twins.difference {
        Issue.record("steps \(String(code, radix: 4)): \(difference)")
        return
      }
    }
  }

  @Test("when most of what a handler meets is cancelled while its place is open")
  func rebuildUnderOpenRoot() {
    var twins = Twins(seed: 3)
    for _ in 0..<300 { twins.schedule() }
    twins.pop()
    for number in 0..<280 { twins.cancel(number) }
    twins.schedule()
    twins.drain()
    #expect(twins.difference == nil)
  }
}
