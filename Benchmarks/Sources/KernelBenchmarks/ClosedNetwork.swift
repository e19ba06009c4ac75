import EventKernel
import Primitives

/// 1,000 clients think (Exp 1 s), take one of 8 processors (Exp 4 ms), then one of 4 disks (Exp 2 ms).
///
/// A variant chosen when compiling, as the C twin's is.
struct ClosedNetwork<Variant: ClosedNetworkVariant>: ~Copyable {
  enum Event { case thought(Int32), computed(Int32), read(Int32), expired(Int32) }

  struct Pool {
    var free: Int
    var mean: Double
    var waiting = WaitingLine<Int32>()
  }

  private var calendar = EventCalendar<Event>()
  private var random = Exponential(seed: 1)
  private var processors = Pool(free: 8, mean: 4e6)
  private var disks = Pool(free: 4, mean: 2e6)
  private var started = [Instant](repeating: .zero, count: 1_000)
  private var timeouts = [EventToken](repeating: .none, count: 1_000)
  private var done = 0
  private var expired = 0
  private var total = TimeSpan.zero

  static func measure(cycles: Int) -> Measurement {
    var model = ClosedNetwork()
    let start = processorTime()
    model.run(cycles: cycles)
    return Measurement(
      nanoseconds: processorTime() - start, units: cycles,
      check: Int(model.total.nanoseconds) + model.expired)
  }

  private mutating func run(cycles: Int) {
    for client in 0..<Int32(1_000) { think(client) }
    while done < cycles, let event = calendar.next() {
      switch event {
      case .thought(let client):
        endHold(client)
        started[Int(client)] = calendar.now
        if processors.admits(client) { compute(client) }
      case .computed(let client):
        endHold(client)
        if let next = processors.release() { compute(next) }
        if disks.admits(client) { read(client) }
      case .read(let client):
        endHold(client)
        done += 1
        total += calendar.now - started[Int(client)]
        if let next = disks.release() { read(next) }
        think(client)
      case .expired:
        expired += 1
      }
    }
  }

  private mutating func think(_ client: Int32) { hold(.thought(client), client, mean: 1e9) }
  private mutating func compute(_ client: Int32) {
    hold(.computed(client), client, mean: processors.mean)
  }
  private mutating func read(_ client: Int32) { hold(.read(client), client, mean: disks.mean) }

  private mutating func hold(_ end: Event, _ client: Int32, mean: Double) {
    calendar.schedule(end, at: calendar.now + random.span(mean: mean))
    if Variant.hasTimeouts {
      timeouts[Int(client)] = calendar.schedule(
        .expired(client), at: calendar.now + .seconds(30))
    }
  }

  private mutating func endHold(_ client: Int32) {
    if Variant.hasTimeouts { calendar.cancel(timeouts[Int(client)]) }
  }
}

protocol ClosedNetworkVariant {
  /// Whether every hold stands under a timeout of 30 s, which its end cancels.
  static var hasTimeouts: Bool { get }
}

enum Plain: ClosedNetworkVariant {
  static var hasTimeouts: Bool { false }
}

enum UnderTimeouts: ClosedNetworkVariant {
  static var hasTimeouts: Bool { true }
}

extension ClosedNetwork.Pool {
  /// Whether the client is served at once; else it waits.
  @inline(__always)
  mutating func admits(_ client: Int32) -> Bool {
    if free > 0 {
      free -= 1
      return true
    }
    waiting.append(client)
    return false
  }

  /// Who is served next.
  @inline(__always)
  mutating func release() -> Int32? {
    if let next = waiting.popFirst() { return next }
    free += 1
    return nil
  }
}
