import Primitives
import TestSupport
import Testing
import Traffic

@Suite("ArrivalSource: curve and surge")
struct CurveTests {
  @Test(
    "The rate at a time of day, between points, at a jump and over midnight",
    arguments: [
      (0, 0.35), (4.5, 0.675), (9, 1), (10, 1), (12, 1.5), (15, 1.25), (20, 0.5), (22.5, 0),
      (23.5, 0.175), (24, 0.35), (48 + 4.5, 0.675),
    ] as [(Double, Double)])
  func rate(hour: Double, factor: Double) {
    let source = arrivalSource(openClass(rate: 200, curve: workday), startAt: 0)
    let rate = source.arrivalsPerSecond(at: Instant(seconds: hour * 3600))
    #expect((rate - 200 * factor).magnitude < 1e-9)
  }

  @Test("startAt places model instant zero in the day")
  func startAt() {
    let source = arrivalSource(openClass(rate: 200, curve: workday), startAt: 15 * 3600)
    #expect(source.arrivalsPerSecond(at: .zero) == 250)
    #expect((source.arrivalsPerSecond(at: Instant(seconds: 5 * 3600)) - 100).magnitude < 1e-9)
  }

  @Test("The mean rate is the integral of the rate", arguments: [(0.0, 24.0), (8, 13), (21, 50)])
  func meanRate(from: Double, to: Double) {
    let source = arrivalSource(openClass(rate: 200, curve: workday), startAt: 3600)
    // Midpoints of 10-second steps: exact on linear pieces, whose ends are such steps' ends.
    let steps = Int((to - from) * 360)
    let sum = (0..<steps).reduce(0.0) { sum, i in
      let seconds = from * 3600 + 10 * (Double(i) + 0.5)
      return sum + source.arrivalsPerSecond(at: Instant(seconds: seconds))
    }
    let mean = source.meanRate(
      from: Instant(seconds: from * 3600), to: Instant(seconds: to * 3600))
    #expect((mean - sum / Double(steps)).magnitude < 1e-9 * mean)
  }

  /// Between two constant arrivals exactly one is expected, whatever the curve does between.
  @Test("The inverse of the integral undoes it, over two days")
  func inverse() throws {
    var source = arrivalSource(openClass(.constant, rate: 0.02, curve: workday), startAt: 40_000)
    let all = source.arrivals(until: Instant(seconds: 200_000))
    try #require(all.count > 2000)
    for (a, b) in zip(all, all.dropFirst()) {
      let expected = source.meanRate(from: a.at, to: b.at) * (b.at - a.at).seconds
      #expect((expected - 1).magnitude < 1e-9)
    }
  }

  @Test("Arrivals by the hour follow the curve")
  func hours() {
    var source = arrivalSource(openClass(rate: 1, curve: workday))
    var counts = [Int](repeating: 0, count: 24)
    for arrival in source.arrivals(until: Instant(seconds: 86_399)) {
      counts[Int(arrival.at.seconds / 3600)] += 1
    }
    let expected = (0..<24).map { hour in
      3600
        * source.meanRate(
          from: Instant(seconds: Double(hour) * 3600), to: Instant(seconds: Double(hour + 1) * 3600)
        )
    }
    #expect(counts[22] == 0)
    let busy = (0..<24).filter { $0 != 22 }
    #expect(
      chiSquare(observed: busy.map { counts[$0] }, expected: busy.map { expected[$0] })
        < chiSquareCritical(degreesOfFreedom: 23))
  }

  @Test("A surge leaves what came before and compresses what comes after")
  func surge() throws {
    var plain = arrivalSource(openClass())
    let all = plain.arrivals(until: Instant(seconds: 40))
    let start = Instant(seconds: 10)
    var surged = arrivalSource(openClass())
    let before = all.filter { $0.at <= start }
    // One arrival past the start was already taken, as by a calendar that holds the next one.
    for arrival in before { #expect(surged.nextArrival() == arrival) }
    #expect(surged.nextArrival() == all[before.count])
    surged.surge(factor: 3, from: start)
    #expect(surged.arrivalsPerSecond(at: start) == 300)
    for arrival in all.dropFirst(before.count).prefix(2000) {
      let answer = surged.nextArrival()
      let next = try #require(answer)
      #expect(next.index == arrival.index)
      let expected = 10 + (arrival.at.seconds - 10) / 3
      #expect((next.at.seconds - expected).magnitude < 3e-9)
    }
  }

  @Test("A surge that is over leaves the process as dense as before, and jumps still agree")
  func endOfSurge() throws {
    var source = arrivalSource(openClass())
    source.surge(factor: 3, from: Instant(seconds: 10))
    source.surge(factor: 1, from: Instant(seconds: 20))
    #expect(source.meanRate(from: .zero, to: Instant(seconds: 30)) == 500.0 / 3)
    let all = source.arrivals(until: Instant(seconds: 30))
    try withEvery("target", in: [0, 9.99, 10, 15, 20, 29]) { target in
      source.skip(to: Instant(seconds: target))
      let next = try #require(all.first { $0.at > Instant(seconds: target) })
      let arrival = source.nextArrival()
      try #require(arrival == next)
    }
  }

  @Test("An arrival not yet due when a surge is announced is not lost")
  func announcedSurge() {
    var plain = arrivalSource(openClass())
    var surged = arrivalSource(openClass())
    for _ in 0..<100 { #expect(plain.nextArrival() == surged.nextArrival()) }
    surged.surge(factor: 2, from: Instant(seconds: 50))
    for _ in 0..<100 { #expect(plain.nextArrival() == surged.nextArrival()) }
  }

  @Test("A surge of 0 stops the class until the next one")
  func pause() throws {
    var source = arrivalSource(openClass())
    let stop = Instant(seconds: 10)
    source.skip(to: stop)
    source.surge(factor: 0, from: stop)
    #expect(source.next() == nil)
    source.surge(factor: 1, from: Instant(seconds: 60))
    let first = source.nextArrival()
    var plain = arrivalSource(openClass())
    plain.skip(to: stop)
    let expected = plain.nextArrival()
    #expect(first?.index == expected?.index)
    let delay = try #require(first).at - (try #require(expected)).at
    #expect((delay.seconds - 50).magnitude < 2e-9)
  }
}
