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
package struct ArrivalSource: Sendable {
  package var clock: OperationalClock
  private let process: TrafficClass.Process
  private let key: RandomKey
  /// The block in `instants`, and the next of them to return.
  package var block: UInt64 = 0
  package var position = 0
  package var instants: [Instant] = []
  /// Scratch space of `fillPoisson`.
  private var places: [Double] = []
  /// Expected arrivals per block: large enough that drawing the number costs little per arrival,
  /// small enough that a jump costs about a microsecond.
  static let blockLength = 64.0

  /// With the time of day at model instant zero, `startAt`, in seconds since midnight.
  package init(class trafficClass: TrafficClass, seed: UInt64, trial: Int, startAt: Double) {
    var rate = 0.0
    var process = TrafficClass.Process.poisson
    if case .open(let openRate, let openProcess) = trafficClass.arrivals {
      rate = openRate
      process = openProcess
    }
    if process == .gamma(cv: 0) { process = .constant }
    self.process = process
    clock = OperationalClock(rate: rate, curve: DailyCurve(trafficClass.curve), startAt: startAt)
    key = RandomKey(
      seed: seed, trial: trial, entity: stableHash(of: trafficClass.name), purpose: Purpose.arrivals
    )
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
    fill(UInt64(max(0, clock.expected(at: instant) - 1) / Self.blockLength))
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
  package mutating func advance() -> Bool {
    let end = Double(block + 1) * Self.blockLength
    guard !clock.neverReaches(end) else { return false }
    fill(block + 1)
    return true
  }

  private mutating func fill(_ number: UInt64) {
    block = number
    position = 0
    instants.removeAll(keepingCapacity: true)
    var stream = RandomStream(key.child(number))
    switch process {
    case .poisson: fillPoisson(&stream)
    case .constant: fillConstant()
    case .gamma(let cv): fillGamma(&stream, shape: 1 / (cv * cv))
    }
    keepOrder()
  }

  /// Uniform order statistics as partial sums of n + 1 exponentials over their total: no sorting
  /// (Devroye, *Non-Uniform Random Variate Generation*, 1986, §V.2).
  private mutating func fillPoisson(_ stream: inout RandomStream) {
    let number = stream.poisson(mean: Self.blockLength)
    places.removeAll(keepingCapacity: true)
    var sum = 0.0
    for _ in 0..<number {
      sum += stream.exponential()
      places.append(sum)
    }
    let scale = Self.blockLength / (sum + stream.exponential())
    for place in places { append(place * scale) }
  }

  private mutating func fillConstant() {
    // Index 2⁶⁴ − 1 is no block's.
    let phase = key.uniform(.max)
    for k in 0..<Int(Self.blockLength) { append(Double(k) + phase) }
  }

  /// The first gap is the residual life of a running one: a uniform share of a length-biased gap,
  /// which for gamma has one more unit of shape.
  private mutating func fillGamma(_ stream: inout RandomStream, shape: Double) {
    var place = stream.uniform() * stream.gamma(shape: shape + 1) / shape
    while place < Self.blockLength {
      append(place)
      place += stream.gamma(shape: shape) / shape
    }
  }

  /// Adds the arrival at this place of the block, unless the rate is 0 before it for ever.
  private mutating func append(_ place: Double) {
    let expected = Double(block) * Self.blockLength + place
    if !clock.neverReaches(expected) { instants.append(clock.instant(whereExpectedIs: expected)) }
  }

  /// Makes times non-decreasing within the block and towards its neighbours: rounding may exchange
  /// two arrivals that lie less than a nanosecond apart.
  private mutating func keepOrder() {
    var earliest = start(ofBlock: block)
    let latest = start(ofBlock: block + 1)
    for i in instants.indices {
      earliest = min(max(instants[i], earliest), latest)
      instants[i] = earliest
    }
  }

  private func start(ofBlock number: UInt64) -> Instant {
    let expected = Double(number) * Self.blockLength
    return clock.neverReaches(expected) ? .distantFuture : clock.instant(whereExpectedIs: expected)
  }
}
