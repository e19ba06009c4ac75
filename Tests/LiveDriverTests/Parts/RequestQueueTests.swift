import Primitives
import Scenarios
import Testing
import Traffic

@testable import LiveDriver

@Suite("Requests for a connection")
struct RequestQueueTests {
  private let update = [Statement(kind: .update)]

  @Test("An open class asks at the simulator's own arrivals, in order, under their own names")
  func openClass() {
    let open = TrafficClass(
      name: "pay", arrivals: .open(rate: 300, process: .poisson), statements: update)
    let other = TrafficClass(
      name: "read", arrivals: .open(rate: 100, process: .constant), statements: update)
    var queue = RequestQueue([open, other], pool: 0, seed: 7, startAt: 0)
    var source = ArrivalSource(class: open, seed: 7, trial: 0, startAt: 0)
    var last = Instant.zero
    var seen = 0
    while let request = queue.next(), request.due < .zero + .seconds(10) {
      #expect(request.due >= last)
      last = request.due
      guard request.trafficClass == 0 else { continue }
      let arrival = source.next()
      #expect(arrival?.index == request.arrival)
      #expect(arrival?.at == request.intended)
      seen += 1
    }
    #expect(seen > 2_500)
  }

  @Test("A client of a closed class asks once, and again only after it has thought")
  func closedClass() throws {
    let closed = TrafficClass(
      name: "clients", arrivals: .closed(clients: 3, thinkBetween: .seconds(1)),
      statements: update)
    var queue = RequestQueue([closed], pool: 0, seed: 7, startAt: 0)
    let first = [queue.next(), queue.next(), queue.next()].compactMap { $0 }
    #expect(first.count == 3)
    #expect(queue.next() == nil)
    let done = first[2].due + .seconds(5)
    queue.ended(first[1], at: done)
    let next = queue.next()
    let again = try #require(next)
    let source = try #require(ThinkSource(class: closed, seed: 7, trial: 0))
    let client = Int(first[1].arrival >> 40)
    #expect(again.due == done + source.thinkTime(client: client, turn: 1))
    #expect(again.arrival == source.arrivalIndex(client: client, turn: 2))
  }

  @Test("Another try asks in its turn, and calls no further arrival")
  func retries() throws {
    let open = TrafficClass(
      name: "pay", arrivals: .open(rate: 10, process: .constant), statements: update)
    var queue = RequestQueue([open], pool: 0, seed: 7, startAt: 0)
    let taken = queue.next()
    var first = try #require(taken)
    first.attempt = 1
    first.due = first.due + .milliseconds(150)
    queue.ask(first)
    let names = (0..<3).compactMap { _ in queue.next() }.map(\.attempt)
    #expect(names == [0, 1, 0])
  }

  @Test("Surges that overlap multiply, and each ends when it says")
  func surges() {
    let open = TrafficClass(
      name: "pay", arrivals: .open(rate: 100, process: .constant), statements: update)
    let surges = [
      Surge(trafficClass: 0, factor: 2, at: .zero + .seconds(10)),
      Surge(trafficClass: 0, factor: 6, at: .zero + .seconds(20)),
      Surge(trafficClass: 0, factor: 1, at: .zero + .seconds(30)),
    ]
    var queue = RequestQueue([open], pool: 0, seed: 7, startAt: 0, surges: surges)
    var counts = [0, 0, 0, 0]
    while let request = queue.next(), request.due < .zero + .seconds(40) {
      counts[Int(request.due.seconds / 10)] += 1
    }
    for (count, expected) in zip(counts, [1_000, 2_000, 6_000, 1_000]) {
      #expect(abs(count - expected) <= 2)
    }
  }
}
