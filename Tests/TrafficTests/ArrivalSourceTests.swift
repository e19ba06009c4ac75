import Primitives
import TestSupport
import Testing
import Traffic

private let processes: [TrafficClass.Process] = [.poisson, .constant, .gamma(cv: 1.4)]

@Suite("ArrivalSource: identity")
struct ArrivalIdentityTests {
  /// A change detector: these times are in every stored result.
  @Test("The arrivals never change")
  func golden() {
    var poisson = arrivalSource(openClass())
    #expect(
      (0..<3).map { _ in poisson.next()?.at.nanoseconds } == [8_639_922, 27_819_220, 36_040_013])
    var gamma = arrivalSource(openClass(.gamma(cv: 1.4), curve: workday), startAt: 30_000)
    #expect(
      (0..<3).map { _ in gamma.next()?.at.nanoseconds } == [1_214_208, 13_882_678, 27_949_021])
    var constant = arrivalSource(openClass(.constant))
    #expect(
      (0..<3).map { _ in constant.next()?.at.nanoseconds } == [2_520_218, 12_520_218, 22_520_218])
  }

  @Test("A jump to any moment meets the arrivals that reading on would meet", arguments: processes)
  func jumps(process: TrafficClass.Process) throws {
    let trafficClass = openClass(process, rate: 3, curve: workday)
    // From the evening over the night without traffic into the morning.
    let startAt = 21.5 * 3600
    var reader = arrivalSource(trafficClass, startAt: startAt)
    let all = reader.arrivals(until: Instant(seconds: 12_000))
    try #require(all.count > 1000)

    var jumper = arrivalSource(trafficClass, startAt: startAt)
    let moments = [0.0, 0.1, 100, 1799, 1800, 3000, 5399.99, 5400, 5401, 9000, 11_000]
    let targets =
      moments.map { Instant(seconds: $0) } + stride(from: 0, to: 900, by: 31).map { all[$0].at }
    try withEvery("target", in: targets + targets.reversed()) { target in
      jumper.skip(to: target)
      let expected = all.filter { $0.at > target }.prefix(70)
      for arrival in expected {
        let next = jumper.nextArrival()
        try #require(next == arrival)
      }
    }
  }

  @Test("Times never decrease and no index comes twice, even many to the nanosecond")
  func order() {
    for rate in [0.01, 50, 4e9] {
      for process in processes {
        var source = arrivalSource(openClass(process, rate: rate, curve: workday), startAt: 43_190)
        var previous = Instant.zero
        var indexes: Set<UInt64> = []
        for _ in 0..<3000 {
          guard let (index, at) = source.next() else { break }
          #expect(at >= previous)
          indexes.insert(index)
          previous = at
        }
        #expect(indexes.count == 3000)
      }
    }
  }

  @Test("Seed, trial and name each give other arrivals; keys and statements do not")
  func dependencies() {
    func first(_ source: ArrivalSource) -> Arrival? {
      var source = source
      return source.nextArrival()
    }
    let base = first(arrivalSource(openClass()))
    #expect(first(arrivalSource(openClass(), seed: 8)) != base)
    #expect(first(arrivalSource(openClass(), trial: 1)) != base)
    #expect(first(arrivalSource(openClass(name: "refund"))) != base)
    #expect(first(arrivalSource(openClass(keys: .zipf(s: 1), scatter: true))) == base)
  }

  @Test("No rate, a curve of zeros and a closed class have no arrivals")
  func none() {
    let zeros = [TrafficClass.CurvePoint(timeOfDay: 5, factor: 0)]
    let closed = TrafficClass(
      name: "batch", arrivals: .closed(clients: 3, thinkBetween: .seconds(1)), statements: [])
    for trafficClass in [openClass(rate: 0), openClass(curve: zeros), closed] {
      var source = arrivalSource(trafficClass)
      #expect(source.next() == nil)
      source.skip(to: Instant(seconds: 1e6))
      #expect(source.next() == nil)
      #expect(source.arrivalsPerSecond(at: .zero) == 0)
    }
  }
}

@Suite("ArrivalSource: statistics")
struct ArrivalStatisticsTests {
  /// Counts per window of 0.9 s: about 1.4 blocks at 100/s, so that most cross a block's end.
  private func counts(_ process: TrafficClass.Process, seed: UInt64, windows: Int = 120) -> [Double]
  {
    var source = arrivalSource(openClass(process), seed: seed)
    var counts = [Double](repeating: 0, count: windows)
    for arrival in source.arrivals(until: Instant(seconds: 0.9 * Double(windows) - 1e-9)) {
      counts[Int(arrival.at.seconds / 0.9)] += 1
    }
    return counts
  }

  @Test("The mean count is rate × time", arguments: processes)
  func meanCount(process: TrafficClass.Process) {
    let means = oracleSeeds.map { counts(process, seed: $0).reduce(0, +) / 120 }
    if process == .constant {
      #expect(means.allSatisfy { ($0 - 90).magnitude < 0.01 })
    } else {
      #expect(ConfidenceInterval(of: means).contains(90))
    }
  }

  @Test("Poisson: variance over mean of counts is 1")
  func poissonDispersion() {
    let dispersions = oracleSeeds.map { seed in
      counts(.poisson, seed: seed).reduce(0) { $0 + ($1 - 90) * ($1 - 90) } / 120 / 90
    }
    #expect(ConfidenceInterval(of: dispersions).contains(1))
  }

  /// P(gap > t) = e^−100t, over block ends as well.
  @Test("Poisson: gaps are exponential and unrelated to the one before")
  func poissonGaps() {
    var source = arrivalSource(openClass())
    let all = source.arrivals(until: Instant(seconds: 200))
    let levels = zip(all, all.dropFirst()).map { 1 - Double.exp(-100 * ($1.at - $0.at).seconds) }
    var cells = [Int](repeating: 0, count: 20)
    var pairs = [Int](repeating: 0, count: 25)
    for level in levels { cells[min(19, Int(20 * level))] += 1 }
    for (a, b) in zip(levels, levels.dropFirst()) {
      pairs[min(4, Int(5 * a)) * 5 + min(4, Int(5 * b))] += 1
    }
    #expect(chiSquareOfUniform(cells) < chiSquareCritical(degreesOfFreedom: 19))
    #expect(chiSquareOfUniform(pairs) < chiSquareCritical(degreesOfFreedom: 24))
  }

  /// The documented price of beginning anew in each block: cv² + (1 − cv⁴)/384 instead of cv² for
  /// counts over whole blocks.
  @Test("Gamma: gaps have the cv, counts over blocks its square", arguments: [0.5, 1.4, 2.5])
  func gamma(cv: Double) {
    var cvs: [Double] = []
    var dispersions: [Double] = []
    for seed in oracleSeeds {
      var source = arrivalSource(openClass(.gamma(cv: cv), rate: 64), seed: seed)
      let all = source.arrivals(until: Instant(seconds: 100))
      let gaps = zip(all, all.dropFirst()).filter { $0.index >> 20 == $1.index >> 20 }
        .map { ($1.at - $0.at).seconds * 64 }
      let mean = gaps.reduce(0, +) / Double(gaps.count)
      let variance = gaps.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(gaps.count - 1)
      cvs.append(variance.squareRoot() / mean)
      var blocks = [Double](repeating: 0, count: 100)
      for arrival in all { blocks[Int(arrival.index >> 20)] += 1 }
      dispersions.append(blocks.reduce(0) { $0 + ($1 - 64) * ($1 - 64) } / 100 / 64)
    }
    // Gaps inside a block of 64 are short of long ones: within 3 % of the cv.
    let interval = ConfidenceInterval(of: cvs)
    #expect(interval.low < cv && cv < interval.high * 1.03)
    let expected = cv * cv + (1 - cv * cv * cv * cv) / 384
    #expect(ConfidenceInterval(of: dispersions).contains(expected))
  }

  @Test("Constant: gaps are exactly the mean one")
  func constantGaps() {
    var source = arrivalSource(openClass(.constant, rate: 250))
    let all = source.arrivals(until: Instant(seconds: 10))
    #expect(all.count == 2500)
    for (a, b) in zip(all, all.dropFirst()) {
      #expect(((b.at - a.at).nanoseconds - 4_000_000).magnitude <= 1)
    }
  }
}
