import Primitives
import Scenarios
import Traffic

/// The transactions that ask one pool for a connection, first come first served.
///
/// A connection that is free takes the next request and waits for its moment, so a request that is
/// taken after its moment found every connection busy. That holds because whoever puts a request in
/// (a client that thinks, a retry) takes one right after: no connection waits for a later request
/// than the first one in here.
struct RequestQueue: Sendable {
  /// Latest first, so that taking is O(1); as many as open classes, clients and retries.
  private var requests: [Request] = []
  private var sources: [ArrivalSource?]
  private let thinks: [ThinkSource?]
  /// Transactions that each client of a closed class began.
  private var turns: [[UInt64]]

  /// Of all the scenario's classes those of other pools are left out; `startAt` is the time of day at
  /// instant zero, in seconds; `surges` are in order of time.
  init(
    _ classes: [TrafficClass], pool: Int, seed: UInt64, startAt: Double, surges: [Surge] = []
  ) {
    let mine = classes.map { $0.pool == pool ? $0 : nil }
    thinks = mine.map { $0.flatMap { ThinkSource(class: $0, seed: seed, trial: 0) } }
    turns = thinks.map { Array(repeating: 0, count: $0?.clients ?? 0) }
    sources = mine.enumerated().map { index, trafficClass in
      guard let trafficClass, case .open = trafficClass.arrivals else { return nil }
      var source = ArrivalSource(class: trafficClass, seed: seed, trial: 0, startAt: startAt)
      for surge in surges where surge.trafficClass == index {
        source.surge(factor: surge.factor, from: surge.at)
      }
      return source
    }
    for index in classes.indices {
      askForNext(of: index)
      for client in 0..<(thinks[index]?.clients ?? 0) {
        think(class: index, client: client, from: .zero)
      }
    }
  }

  /// Takes the request that asks next; nil if none will.
  mutating func next() -> Request? {
    guard let request = requests.popLast() else { return nil }
    if request.attempt == 0 { askForNext(of: request.trafficClass) }
    return request
  }

  /// The transaction is over: a client of a closed class thinks, then asks again.
  mutating func ended(_ request: Request, at instant: Instant) {
    guard thinks[request.trafficClass] != nil else { return }
    think(class: request.trafficClass, client: Int(request.arrival >> 40), from: instant)
  }

  mutating func ask(_ request: Request) {
    var (low, high) = (0, requests.count)
    while low < high {
      let middle = (low + high) / 2
      if Request.isBefore(request, requests[middle]) { low = middle + 1 } else { high = middle }
    }
    requests.insert(request, at: low)
  }

  /// How many requests were due by `now`; what waits for a connection if all are busy.
  func due(by now: Instant) -> Int {
    var rest = self
    var count = 0
    while let request = rest.next(), request.due <= now { count += 1 }
    return count
  }

  private mutating func askForNext(of index: Int) {
    guard let next = sources[index]?.next() else { return }
    ask(
      Request(
        trafficClass: index, arrival: next.index, intended: next.at, due: next.at, attempt: 0))
  }

  /// As in the simulator, a client begins by thinking.
  private mutating func think(class index: Int, client: Int, from instant: Instant) {
    guard let source = thinks[index] else { return }
    let turn = turns[index][client]
    let due = instant + source.thinkTime(client: client, turn: turn)
    turns[index][client] = turn + 1
    ask(
      Request(
        trafficClass: index, arrival: source.arrivalIndex(client: client, turn: turn + 1),
        intended: due, due: due, attempt: 0))
  }
}

/// Arrivals of a class come `factor` times as often from an instant on.
struct Surge: Hashable, Sendable {
  var trafficClass: Int
  var factor: Double
  var at: Instant
}
