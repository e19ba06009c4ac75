import Primitives

/// The arrivals of one open class: a pure function of seed, trial, class name and time.
///
/// Operational time (see `OperationalClock`) is cut into blocks of 64 expected arrivals. A block's
/// arrivals depend on its number alone, so any moment can be reached in O(1), both worlds meet the
/// same arrivals, and no decision of a backfill moves one.
///
/// Within a block:
/// - `poisson`: the number is Poisson(64) and the places are uniform order statistics, which is
///   exactly a Poisson process.
/// - `constant`: one per unit of operational time, at a phase drawn once.
/// - `gamma`: an equilibrium renewal process that begins anew in each block. The rate is exact. The
///   gap across a block's end is not gamma, which moves the variance of counts over long windows
///   from cv² to cv² + (1 − cv⁴)/384 per arrival: −0.4 % at cv 1.4, −2.3 % at cv 3 (Cox, *Renewal
///   Theory*, 1962, §4.5).
///
/// A closed class has no arrivals of its own; see `ThinkSource`.
@usableFromInline
package struct ArrivalSource: Sendable {
  private var clock: OperationalClock
  private var places: BlockPlaces
  /// The block in `instants`, and the next of them to return.
  @usableFromInline var block: UInt64 = 0
  @usableFromInline var position = 0
  @usableFromInline var instants: [Instant] = []

  /// With the time of day at model instant zero, `startAt`, in seconds since midnight.
  package init(class trafficClass: TrafficClass, seed: UInt64, trial: Int, startAt: Double) {
    var rate = 0.0
    var process = TrafficClass.Process.poisson
    if case .open(let openRate, let openProcess) = trafficClass.arrivals {
      rate = openRate
      process = openProcess
    }
    clock = OperationalClock(rate: rate, curve: DailyCurve(trafficClass.curve), startAt: startAt)
    let key = RandomKey(
      seed: seed, trial: trial, entity: stableHash(of: trafficClass.name), purpose: Purpose.arrivals
    )
    places = BlockPlaces(process: process, key: key)
    fill(0)
  }

  /// The next arrival in time, or nil where the rate is 0 for ever.
  ///
  /// `index` names the arrival whatever was skipped before it: its block · 2²⁰ + its place there.
  @inlinable
  package mutating func next() -> (index: UInt64, at: Instant)? {
    while position >= instants.count {
      guard advance() else { return nil }
    }
    defer { position += 1 }
    return (block << 20 | UInt64(position), instants[position])
  }

  /// Goes on with the first arrival after `instant`, forwards or backwards.
  package mutating func skip(to instant: Instant) {
    // One unit of operational time early, so that rounding loses no arrival: those at or before
    // `instant` are passed over by their own times.
    fill(UInt64(max(0, clock.expected(at: instant) - 1) / BlockPlaces.length))
    repeat {
      while position < instants.count, instants[position] <= instant { position += 1 }
    } while position >= instants.count && advance()
  }

  /// Multiplies the rate by `factor` from `instant` on; 1 ends it.
  ///
  /// Arrivals after `instant` come `factor` times as fast; any that were already returned come
  /// again, with the same index and another time. Changes are made in order of time.
  package mutating func surge(factor: Double, from instant: Instant) {
    let passed = position > 0 ? instants[position - 1] : start(ofBlock: block)
    clock.surge(factor: factor, from: instant)
    if passed > instant {
      skip(to: instant)
    } else {
      let place = position
      fill(block)
      position = place
    }
  }

  /// The mean rate at `instant`, curve and surge included.
  package func arrivalsPerSecond(at instant: Instant) -> Double {
    clock.arrivalsPerSecond(at: instant)
  }

  /// The mean rate per second over a window of positive length, exact.
  package func meanRate(from: Instant, to: Instant) -> Double {
    (clock.expected(at: to) - clock.expected(at: from)) / (to - from).seconds
  }

  /// Goes to the next block; false where there will never be one.
  @usableFromInline mutating func advance() -> Bool {
    guard Double(block + 1) * BlockPlaces.length < clock.limit else { return false }
    fill(block + 1)
    return true
  }

  private mutating func fill(_ number: UInt64) {
    block = number
    position = 0
    places.draw(block: number)
    instants.removeAll(keepingCapacity: true)
    let start = Double(number) * BlockPlaces.length
    let limit = clock.limit
    guard start < limit else { return }
    var section = clock.section(at: start)
    // Times never decrease, within the block and towards its neighbours: rounding could exchange
    // arrivals less than a nanosecond apart.
    var earliest = section.instant(whereExpectedIs: start)
    let latest = clock.instant(whereExpectedIs: start + BlockPlaces.length)
    for place in places.all {
      let expected = start + place
      if expected >= section.end {
        guard expected < limit else { return }
        section = clock.section(at: expected)
      }
      earliest = min(max(section.instant(whereExpectedIs: expected), earliest), latest)
      instants.append(earliest)
    }
  }

  private func start(ofBlock number: UInt64) -> Instant {
    clock.instant(whereExpectedIs: Double(number) * BlockPlaces.length)
  }
}
