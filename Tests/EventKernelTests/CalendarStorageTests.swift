import Primitives
import Testing

@testable import EventKernel

@Suite("The event calendar's storage")
struct CalendarStorageTests {
  @Test("Cancelled timeouts do not pile up")
  func cancelledTimeouts() {
    var calendar = EventCalendar<Int>()
    calendar.schedule(0, at: .zero)
    var largest = 0
    for _ in 0..<10_000 {
      _ = calendar.next()
      calendar.schedule(0, at: calendar.now + .nanoseconds(1))
      calendar.cancel(calendar.schedule(1, at: calendar.now + .seconds(30)))
      largest = max(largest, calendar.heap.count)
    }
    // One key is pending; a rebuild comes with the 33rd stale one.
    #expect(largest <= 34)
    #expect(calendar.slab.capacity == 64)
  }

  @Test("The slots of events whose handlers schedule nothing are used again")
  func idleHandlers() {
    var calendar = EventCalendar<Int>()
    for _ in 0..<1_000 {
      for payload in 0..<3 { calendar.schedule(payload, at: calendar.now) }
      while calendar.next() != nil {}
    }
    #expect(calendar.slab.capacity == 64)
    #expect(calendar.heap.capacity == 64)
  }
}
