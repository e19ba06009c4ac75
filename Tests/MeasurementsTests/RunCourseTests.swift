import Gates
import Testing

@testable import Measurements

@Suite("A run over time")
struct RunCourseTests {
  private func outline(_ rows: [Double], lag: [Double?], step: Double = 1) -> TimeSeries {
    TimeSeries(
      start: -1, step: step,
      columns: [
        .init(name: "backfill.rows", unit: "rows/s", values: rows),
        .init(name: "replica.lag{replica=a}", unit: "s", values: lag),
        .init(name: "locks.waiting", unit: "sessions", values: lag.map { _ in 0 }),
      ])
  }

  @Test("Each step holds the trials' median and the bounds of nine in ten of them")
  func bands() throws {
    let trials = (0...20).map { outline([0, Double($0)], lag: [nil, Double($0) / 10]) }
    let course = try #require(RunCourse(trials))
    let lag = try #require(course["replica.lag{replica=a}"])
    #expect(lag.middle == [nil, 1] && lag.low == [nil, 0.1] && lag.high == [nil, 1.9])
    #expect(course.start == -1 && course.step == 1)
  }

  @Test("Where nothing ever happens there is no column")
  func idle() throws {
    let course = try #require(RunCourse([outline([1], lag: [1])]))
    #expect(course["locks.waiting"] == nil)
    #expect(course["replica.lag{replica=a}"]?.low == nil)
    #expect(RunCourse([outline([0], lag: [nil])]) == nil)
  }

  @Test("Rows done add up and stay when a trial has ended; a step most trials miss has no value")
  func done() throws {
    let course = try #require(
      RunCourse([
        outline([2, 2, 2], lag: [1, 1, 1]), outline([6], lag: [1]), outline([6], lag: [1]),
      ]))
    #expect(course["backfill.rows_done"]?.middle == [6, 6, 6])
    #expect(course["replica.lag{replica=a}"]?.middle == [1, nil, nil])
  }

  @Test("Trials of different steps meet at the longest: rates by their mean, lag by its peak")
  func steps() throws {
    let course = try #require(
      RunCourse([
        outline([1, 3, 5, 7], lag: [1, 2, 3, 4]), outline([2, 6], lag: [2, 4], step: 2),
      ]))
    #expect(course.step == 2)
    #expect(course["backfill.rows"]?.middle == [2, 6])
    #expect(course["replica.lag{replica=a}"]?.middle == [2, 4])
    #expect(course["backfill.rows_done"]?.middle == [4, 16])
  }

  @Test("Latency quantiles over time come within a bucket of the truth, skipped time included")
  func latency() throws {
    var recorder = Recorder(plan: plan())
    recorder.begin(.before, at: at(0))
    recorder.begin(.during, at: at(10))
    // 98 of 100 take 2 ms, two take 80 ms; the second half of the time is skipped.
    for index in 0..<1_000 {
      recorder.transaction(
        intended: 10 + Double(index) * 0.01, latency: index % 50 == 0 ? 0.08 : 0.002)
    }
    recorder.endStretch(repeats: 1, skipped: span(10), at: at(20))
    recorder.backfillEnded(at: at(30))
    let outline = try #require(recorder.finish(at: at(30), drained: [nil]).outline)
    func values(_ name: String) -> [Double] {
      (outline.columns.first { $0.name == name }?.values ?? []).compactMap { $0 }
    }
    let p99 = values("app.latency.p99{class=checkout}")
    let p50 = values("app.latency.p50{class=checkout}")
    #expect(p99.count == 20 && p50.count == 20)
    #expect(p99.allSatisfy { abs($0 / 0.08 - 1) < 0.2 })
    #expect(p50.allSatisfy { abs($0 / 0.002 - 1) < 0.2 })
  }

  @Test(
    "A bucket holds what is counted in it",
    arguments: [1, 20_000, 999_999, 40_000_000, 3_000_000_000, 900_000_000_000])
  func buckets(nanoseconds: Int64) {
    let index = LatencyBuckets.index(of: nanoseconds)
    let within = min(
      max(Double(nanoseconds), LatencyBuckets.start(of: 0)), LatencyBuckets.start(of: 96))
    #expect(LatencyBuckets.start(of: index) <= within)
    #expect(within <= LatencyBuckets.start(of: index + 1))
  }
}
