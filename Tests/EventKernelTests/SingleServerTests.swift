import EventKernel
import Primitives
import TestSupport
import Testing

/// A single server, first come first served, with the customers' times given.
private struct SingleServer: ~Copyable {
  enum Event { case arrival(Int32), departure(Int32) }

  let arrivals: [Instant]
  let services: [TimeSpan]
  var calendar = EventCalendar<Event>()
  var waiting = WaitingLine<Int32>()
  var inSystem = TimeWeighted()
  var departures: [Instant]

  init(arrivals: [Instant], services: [TimeSpan]) {
    self.arrivals = arrivals
    self.services = services
    departures = Array(repeating: .zero, count: arrivals.count)
  }

  mutating func run() {
    calendar.schedule(.arrival(0), at: arrivals[0])
    while let event = calendar.next() {
      switch event {
      case .arrival(let customer):
        inSystem.add(1, at: calendar.now)
        if inSystem.value == 1 { serve(customer) } else { waiting.append(customer) }
        let following = customer + 1
        if following < arrivals.count {
          calendar.schedule(.arrival(following), at: arrivals[Int(following)])
        }
      case .departure(let customer):
        departures[Int(customer)] = calendar.now
        inSystem.add(-1, at: calendar.now)
        if let next = waiting.popFirst() { serve(next) }
      }
    }
  }

  private mutating func serve(_ customer: Int32) {
    calendar.schedule(.departure(customer), at: calendar.now + services[Int(customer)])
  }
}

/// Customers in integer time: coarse enough for many ties of arrival and departure.
private func customers(seed: UInt64) -> (arrivals: [Instant], services: [TimeSpan]) {
  var random = RandomStream(RandomKey(seed: seed, trial: 0, entity: 0, purpose: 0))
  var time = Instant.zero
  var arrivals: [Instant] = []
  var services: [TimeSpan] = []
  for _ in 0..<2_000 {
    time = time + .nanoseconds(Int64(random.below(20)))
    arrivals.append(time)
    services.append(.nanoseconds(Int64(random.below(19))))
  }
  return (arrivals, services)
}

@Suite("A single server on the calendar")
struct SingleServerTests {
  /// Departure = max(arrival, previous departure) + service, in integers: no tolerance.
  ///
  /// D. V. Lindley, "The theory of queues with a single server", Proc. Camb. Phil. Soc. 48 (1952).
  @Test("serves as Lindley's recursion says, to the nanosecond", arguments: oracleSeeds)
  func lindley(seed: UInt64) {
    let (arrivals, services) = customers(seed: seed)
    var server = SingleServer(arrivals: arrivals, services: services)
    server.run()
    var previous = Instant.zero
    for customer in arrivals.indices {
      let expected = max(arrivals[customer], previous) + services[customer]
      #expect(server.departures[customer] == expected)
      previous = expected
    }
    #expect(server.calendar.popped == 4_000)
  }

  /// The area under the number in system is the sum of the times spent in it.
  ///
  /// J. D. C. Little, "A proof for the queuing formula L = λW", Operations Research 9 (1961).
  @Test("obeys Little's law as an identity of integers", arguments: oracleSeeds)
  func little(seed: UInt64) {
    let (arrivals, services) = customers(seed: seed)
    var server = SingleServer(arrivals: arrivals, services: services)
    server.run()
    let spent = zip(server.departures, arrivals).reduce(Int128(0)) {
      $0 + Int128(($1.0 - $1.1).nanoseconds)
    }
    #expect(spent > 0)
    #expect(server.inSystem.integral(until: server.calendar.now) == spent)
    #expect(server.inSystem.value == 0)
  }
}
