import Primitives
import Testing

@testable import Strategies

@Suite("Batch size")
struct BatchSizerTests {
  private func sizer(targetMs: Int64 = 100, _ bounds: ClosedRange<Int> = 1...100_000) -> BatchSizer
  {
    BatchSizer(
      .targetTime(
        .milliseconds(targetMs), minRows: bounds.lowerBound, maxRows: bounds.upperBound))
  }

  @Test(
    "Settles where a constant cost takes the target time",
    arguments: [(0.0, 0.0001, 1_000), (0.0, 0.001, 100), (0.05, 0.000_01, 5_000), (0.0, 0.03, 3)])
  func settles(overhead: Double, perRow: Double, expected: Int) {
    var sizer = sizer()
    for _ in 0..<60 { sizer.learn(asked: sizer.rows, duration: cost(sizer.rows)) }
    #expect(abs(sizer.rows - expected) <= 1 + expected / 500)
    let settled = sizer.rows
    sizer.learn(asked: settled, duration: cost(settled))
    #expect(sizer.rows == settled)

    func cost(_ rows: Int) -> TimeSpan { TimeSpan(seconds: overhead + perRow * Double(rows)) }
  }

  @Test("Approaches the target from one side, without overshoot")
  func noOvershoot() {
    var sizer = sizer()
    var sizes = [sizer.rows]
    for _ in 0..<40 {
      sizer.learn(asked: sizer.rows, duration: .microseconds(10) * Double(sizer.rows))
      sizes.append(sizer.rows)
    }
    #expect(sizes == sizes.sorted())
    #expect((9_990...10_000).contains(sizes[40]))
  }

  @Test("Grows by at most a half and shrinks to at least a quarter in one step")
  func steps() {
    var sizer = sizer()
    sizer.learn(asked: 1_000, duration: .nanoseconds(1))
    #expect(sizer.rows == 1_500)
    sizer.learn(asked: 1_500, duration: .seconds(3_600))
    #expect(sizer.rows == 375)
  }

  @Test("Late answers for an old size do not compound")
  func late() {
    var sizer = sizer()
    for _ in 0..<8 { sizer.learn(asked: 1_000, duration: .milliseconds(400)) }
    #expect(sizer.rows == 500)
  }

  @Test("Stays within its bounds whatever the batches take", arguments: propertySeeds)
  func bounds(seed: UInt64) {
    var stream = RandomStream(RandomKey(seed: seed, trial: 0, entity: 0, purpose: 4))
    let low = 1 + stream.below(2_000)
    let bounds = low...(low + stream.below(5_000))
    var sizer = sizer(bounds)
    #expect(bounds.contains(sizer.rows))
    for _ in 0..<100 {
      sizer.learn(asked: sizer.rows, duration: TimeSpan(seconds: stream.exponential()))
      #expect(bounds.contains(sizer.rows))
    }
  }

  @Test("Starts with 1000 rows, or the nearest that the bounds allow")
  func first() {
    #expect(sizer(1...100_000).rows == 1_000)
    #expect(sizer(1...300).rows == 300)
    #expect(sizer(4_000...9_000).rows == 4_000)
  }

  @Test("Learns nothing from a batch that was cut short or found no row")
  func ignored() {
    var talk = Conversation {
      $0.batch = .targetTime(.milliseconds(100), minRows: 1, maxRows: 5_000)
    }
    #expect(talk.start(last: 9_000) == [.find(0, after: 0, rows: 1_000)])
    _ = talk.say(.found(0, 1_000, rows: 1_000), 1)
    _ = talk.say(.found(1, 2_000, rows: 900), 2)
    // It was full but empty: someone else had done the rows.
    #expect(talk.say(.committed(0, rows: 0, ms: 1), 3).last == .find(2, after: 2_000, rows: 1_000))
    _ = talk.say(.found(2, 3_000, rows: 1_000), 4)
    // It was not full.
    #expect(
      talk.say(.committed(1, rows: 900, ms: 1), 5).last == .find(3, after: 3_000, rows: 1_000))
    _ = talk.say(.found(3, 4_000, rows: 1_000), 6)
    #expect(
      talk.say(.committed(2, rows: 1_000, ms: 1), 7).last == .find(4, after: 4_000, rows: 1_500))
  }
}

extension BatchSizer {
  /// All the rows asked for were there.
  mutating func learn(asked: Int, duration: TimeSpan) {
    learn(asked: asked, done: asked, duration: duration)
  }
}
