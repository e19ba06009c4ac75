import EventKernel
import Primitives

/// M/M/1: arrivals at 0.9/s, service of 1 s on average, first come first served.
struct SingleServer: ~Copyable {
  enum Event { case arrival, departure }

  private var calendar = EventCalendar<Event>()
  private var random = Exponential(seed: 1)
  private var inSystem = WaitingLine<Instant>()
  private var arrived = 0
  private var total = TimeSpan.zero

  static func measure(customers: Int) -> Measurement {
    var model = SingleServer()
    let start = processorTime()
    model.run(customers: customers)
    return Measurement(
      nanoseconds: processorTime() - start, units: customers,
      check: Int(model.total.nanoseconds))
  }

  private mutating func run(customers: Int) {
    scheduleArrival()
    while let event = calendar.next() {
      switch event {
      case .arrival:
        arrived += 1
        if arrived < customers { scheduleArrival() }
        if inSystem.isEmpty { scheduleDeparture() }
        inSystem.append(calendar.now)
      case .departure:
        if let arrival = inSystem.popFirst() { total += calendar.now - arrival }
        if !inSystem.isEmpty { scheduleDeparture() }
      }
    }
  }

  private mutating func scheduleArrival() {
    calendar.schedule(.arrival, at: calendar.now + random.span(mean: 1e9 / 0.9))
  }

  private mutating func scheduleDeparture() {
    calendar.schedule(.departure, at: calendar.now + random.span(mean: 1e9))
  }
}
