import EventKernel
import Primitives
import Testing

@Suite("The event calendar")
struct EventCalendarTests {
  @Test("Events happen in order of time, whatever the order of scheduling")
  func order() {
    var calendar = EventCalendar<Int>()
    for time in [30, 10, 20, 50, 40] {
      calendar.schedule(time, at: Instant(nanoseconds: Int64(time)))
    }
    #expect(calendar.count == 5)
    #expect(drain(&calendar) == [10, 20, 30, 40, 50])
    #expect(calendar.now == Instant(nanoseconds: 50))
    #expect(calendar.popped == 5)
    #expect(calendar.count == 0)
  }

  @Test("Events at the same instant happen in the order in which they were scheduled")
  func ties() {
    var calendar = EventCalendar<Int>()
    for number in 0..<1_000 { calendar.schedule(number, at: Instant(nanoseconds: 7)) }
    #expect(drain(&calendar) == Array(0..<1_000))
  }

  @Test("An event scheduled by a handler for the present happens after those already due then")
  func presentIsLast() {
    var calendar = EventCalendar<Int>()
    calendar.schedule(1, at: .zero)
    calendar.schedule(2, at: .zero)
    #expect(calendar.next() == 1)
    calendar.schedule(3, at: .zero)
    #expect(drain(&calendar) == [2, 3])
  }

  @Test("A cancelled event never happens, and is cancelled only once")
  func cancelled() {
    var calendar = EventCalendar<Int>()
    let first = calendar.schedule(1, at: Instant(nanoseconds: 1))
    let second = calendar.schedule(2, at: Instant(nanoseconds: 2))
    #expect(calendar.cancel(first) == true)
    #expect(calendar.cancel(first) == false)
    #expect(calendar.isPending(first) == false)
    #expect(calendar.isPending(second) == true)
    #expect(calendar.count == 1)
    #expect(calendar.nextTime == Instant(nanoseconds: 2))
    #expect(drain(&calendar) == [2])
  }

  @Test("The token of an event that happened does not cancel the next one in its slot")
  func staleToken() {
    var calendar = EventCalendar<Int>()
    let first = calendar.schedule(1, at: Instant(nanoseconds: 1))
    #expect(calendar.next() == 1)
    #expect(calendar.isPending(first) == false)
    let second = calendar.schedule(2, at: Instant(nanoseconds: 2))
    #expect(calendar.cancel(first) == false)
    #expect(calendar.isPending(second) == true)
    #expect(drain(&calendar) == [2])
  }

  @Test("No token, and the zero token, name no event")
  func noToken() {
    var calendar = EventCalendar<Int>()
    calendar.schedule(1, at: .zero)
    for token in [EventToken.none, EventToken(key: 0)] {
      #expect(calendar.isPending(token) == false)
      #expect(calendar.cancel(token) == false)
    }
    #expect(calendar.next() == 1)
    #expect(calendar.isPending(EventToken(key: 0)) == false)
  }

  @Test("Clearing keeps the clock and makes old tokens harmless")
  func cleared() {
    var calendar = EventCalendar<Int>()
    calendar.schedule(1, at: Instant(nanoseconds: 5))
    let old = calendar.schedule(2, at: Instant(nanoseconds: 6))
    #expect(calendar.next() == 1)
    calendar.removeAll()
    #expect(calendar.count == 0)
    #expect(calendar.nextTime == nil)
    #expect(calendar.next() == nil)
    #expect(calendar.now == Instant(nanoseconds: 5))
    calendar.schedule(3, at: Instant(nanoseconds: 9))
    #expect(calendar.cancel(old) == false)
    #expect(drain(&calendar) == [3])
  }

  @Test("Scheduling before the present is refused, and both instants are named")
  func past() async {
    let exit = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      var calendar = EventCalendar<Int>()
      calendar.schedule(1, at: Instant(nanoseconds: 700))
      _ = calendar.next()
      calendar.schedule(2, at: Instant(nanoseconds: 699))
    }
    let text = String(decoding: exit?.standardErrorContent ?? [], as: UTF8.self)
    #expect(text.contains("scheduled at 699 ns, before the present, 700 ns"))
  }

  @Test("Cancelling most of many events keeps the order of the rest")
  func rebuilt() {
    var calendar = EventCalendar<Int>()
    let tokens = (0..<10_000).map { number in
      // 7919 is prime to 10,000, so the times are a permutation of 0..<10,000.
      calendar.schedule(
        number * 7_919 % 10_000, at: Instant(nanoseconds: Int64(number * 7_919 % 10_000)))
    }
    for number in 0..<10_000 where number * 7_919 % 10 != 3 { calendar.cancel(tokens[number]) }
    #expect(calendar.count == 1_000)
    #expect(drain(&calendar) == (0..<1_000).map { $0 * 10 + 3 })
  }
}

func drain(_ calendar: inout EventCalendar<Int>) -> [Int] {
  var payloads: [Int] = []
  while let payload = calendar.next() { payloads.append(payload) }
  return payloads
}
