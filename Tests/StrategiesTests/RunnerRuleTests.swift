import Primitives
import Testing

@testable import Strategies

/// Every runner's sizing and pacing rule on a sequence worked by hand from its source's formula.
@Suite("The rules of today's runners")
struct RunnerRuleTests {
  private static func steering(
    _ law: Steering.Law, _ goal: Steering.Goal, first: Int = 1_000, _ bounds: ClosedRange<Int>
  ) -> BatchSize {
    .steered(
      Steering(
        law: law, goal: goal, firstRows: first, minRows: bounds.lowerBound,
        maxRows: bounds.upperBound))
  }

  /// avg_n = 0.75 avg_n + n, avg_t = 0.75 avg_t + t, int(avg_n / avg_t · 0.5):
  /// 1000 in 0.1 s → 5000; 1750 + … see each line.
  @Test("pt-online-schema-change: the weighted average of rows per second")
  func averageRate() {
    var sizer = BatchSizer(
      Self.steering(.averageRate, .time(.milliseconds(500)), 1...100_000_000))
    #expect(sizer.rows == 1_000)
    // 1000 / 0.1 · 0.5
    sizer.learn(asked: 1_000, done: 1_000, duration: .milliseconds(100))
    #expect(sizer.rows == 5_000)
    // (750 + 5000) / (0.075 + 1.0) · 0.5 = 2674.4
    sizer.learn(asked: 5_000, done: 5_000, duration: .seconds(1))
    #expect(sizer.rows == 2_674)
    // (4312.5 + 100) / (0.80625 + 4) · 0.5 = 459.0: rows done count, not rows asked for; no clamp.
    sizer.learn(asked: 2_674, done: 100, duration: .seconds(4))
    #expect(sizer.rows == 459)
    // Down to a single row, but not to none: (3309.4 + 1) / (3.605 + 40000) · 0.5 = 0.04.
    sizer.learn(asked: 459, done: 1, duration: .seconds(40_000))
    #expect(sizer.rows == 1)
  }

  @Test("Spirit by time: the second largest of eleven, growth by a half at most")
  func percentile() {
    var sizer = BatchSizer(Self.steering(.p90, .time(.milliseconds(500)), 10...100_000))
    for tenth in 1...11 {
      #expect(sizer.rows == 1_000)
      sizer.learn(asked: 1_000, duration: .milliseconds(Int64(tenth) * 10))
    }
    // 1000 · 500 / 100 = 5000, at most 1500.
    #expect(sizer.rows == 1_500)
    for tenth in 1...11 {
      sizer.learn(asked: 1_500, duration: .milliseconds(Int64(tenth) * 100))
    }
    // p90 = 1000 ms: 1500 · 0.5 = 750, without a limit on shrinking.
    #expect(sizer.rows == 750)
  }

  @Test(
    "Spirit by time: five times the target cuts to a tenth at once; late answers count for nothing")
  func panic() {
    var sizer = BatchSizer(Self.steering(.p90, .time(.milliseconds(500)), 10...100_000))
    sizer.learn(asked: 1_000, duration: .milliseconds(2_500))
    #expect(sizer.rows == 1_000)
    sizer.learn(asked: 1_000, duration: .milliseconds(2_501))
    #expect(sizer.rows == 100)
    sizer.learn(asked: 1_000, duration: .seconds(60))
    #expect(sizer.rows == 100)
    sizer.learn(asked: 100, duration: .seconds(60))
    sizer.learn(asked: 10, duration: .seconds(60))
    #expect(sizer.rows == 10)
  }

  /// 16 MiB of rows of 310 bytes are 54120 rows: ten steps of a half from 1000 are 57665, so the tenth
  /// is cut: 38443 · 16777216 / (38443 · 310) = 54120.
  @Test("Spirit by bytes: half as much again after every eleven, until a batch holds the target")
  func bytes() {
    var sizer = BatchSizer(Self.steering(.p90, .bytes(16 << 20, perRow: 310), 10...100_000))
    var sizes = [sizer.rows]
    for _ in 0..<12 {
      for _ in 0..<11 { sizer.learn(asked: sizer.rows, duration: .seconds(30)) }
      sizes.append(sizer.rows)
    }
    #expect(
      sizes == [
        1_000, 1_500, 2_250, 3_375, 5_062, 7_593, 11_389, 17_083, 25_624, 38_436, 54_120, 54_120,
        54_120,
      ])
  }

  /// Packets of 250,000 bytes, rows of 250: 1000 rows, and steps of 250.
  @Test("Vitess: grows by a quarter of the first size while throughput gains, and settles")
  func throughput() {
    var sizer = BatchSizer(
      Self.steering(.welch, .bytes(250_000, perRow: 250), 1...100_000_000))
    func play(_ batches: Int, rate: Double) -> Int {
      for index in 0..<batches {
        // A little noise, the same around every mean.
        let noise = 1 + 0.002 * Double(index % 5 - 2)
        sizer.learn(
          asked: sizer.rows, duration: TimeSpan(seconds: Double(sizer.rows) / (rate * noise)))
      }
      return sizer.rows
    }
    // 32 batches fill the sample of the size held.
    #expect(play(32, rate: 10_000) == 1_000)
    // No difference at the 48th, none at the 64th, a multiple of 32: a step is tried.
    #expect(play(32, rate: 10_000) == 1_250)
    // At the 80th 32 slow and 16 fast ones are faster on average than the sample held: t = 4.9.
    #expect(play(16, rate: 15_000) == 1_500)
    // At the 96th 16 fast ones beat that mixture: another step.
    #expect(play(16, rate: 15_000) == 1_750)
    // 16 against 16 do not differ, and the 112th is no multiple of 32; the 128th is.
    #expect(play(16, rate: 15_000) == 1_750)
    #expect(play(16, rate: 15_000) == 2_000)
    // At the 160th 64 have brought nothing: back to what was held.
    #expect(play(32, rate: 15_000) == 1_750)
    // Settled for five seconds of work, 43 batches of 0.117 s; what follows fills the samples anew.
    #expect(play(43 + 32, rate: 15_000) == 1_750)
    #expect(play(32, rate: 15_000) == 2_000)
  }

  /// Rounds of 60 s in an interval of 120 s: the average of twenty equal ones is 0.50, so the size grows
  /// by min(0.95 / 0.5, 1.2) = 1.2 after the twentieth, and after each one that follows.
  @Test("GitLab: twenty rounds, then towards 90 to 95% of the interval, by a fifth at most")
  func efficiency() {
    var sizer = RoundSizer(
      Rounds(rows: 1_000, every: .seconds(120), minRows: 1_000, maxRows: 2_000_000, isSteered: true)
    )
    for _ in 0..<19 { sizer.learn(duration: .seconds(60)) }
    #expect(sizer.rows == 1_000)
    sizer.learn(duration: .seconds(60))
    #expect(sizer.rows == 1_200)
    sizer.learn(duration: .seconds(60))
    #expect(sizer.rows == 1_440)
    // The newest weighs 1, all twenty Σ 0.6^i = 2.49991: (3 + 0.5 · 1.49991) / 2.49991 = 1.50, and
    // 0.95 / 1.50 = 0.6333: 1440 · 0.6333 = 912, which is less than the least.
    sizer.learn(duration: .seconds(360))
    #expect(sizer.rows == 1_000)
  }

  @Test("GitLab: within 90 to 95% nothing changes, and there is a largest round")
  func efficiencyInRange() {
    let rounds = Rounds(
      rows: 5_000, every: .seconds(100), minRows: 1_000, maxRows: 5_500, isSteered: true)
    var calm = RoundSizer(rounds)
    for _ in 0..<30 { calm.learn(duration: .seconds(93)) }
    #expect(calm.rows == 5_000)
    var fast = RoundSizer(rounds)
    for _ in 0..<30 { fast.learn(duration: .seconds(10)) }
    #expect(fast.rows == 5_500)
  }

  @Test("GitLab: sub-batches pause 100 ms, and a round begins two minutes after the one before")
  func rounds() {
    var talk = Conversation {
      $0.batch = .rows(10)
      $0.pause = .fixed(.milliseconds(100))
      $0.rounds = Rounds(
        rows: 20, every: .seconds(120), minRows: 1, maxRows: 100, isSteered: false)
    }
    _ = talk.start()
    #expect(talk.say(.found(0, 10), 10) == [.run(0, 0, 10), .find(1, after: 10)])
    _ = talk.say(.found(1, 20), 20)
    #expect(talk.say(.committed(0), 30) == [.timer(0, at: 130)])
    #expect(talk.say(.timerFired(id: 0), 130) == [.run(1, 10, 20), .find(2, after: 20)])
    _ = talk.say(.found(2, 30), 140)
    // The round began at 10 ms.
    #expect(talk.say(.committed(1), 150) == [.timer(1, at: 120_010)])
  }

  @Test("GitLab: each timeout makes later sub-batches a quarter smaller, down to 35%")
  func shrink() {
    var sizer = BatchSizer(.rows(100))
    var sizes: [Int] = []
    for _ in 0..<6 {
      sizer.shrink(by: 0.75, notBelow: 35)
      sizes.append(sizer.rows)
    }
    #expect(sizes == [75, 56, 42, 42, 42, 42])
  }

  @Test(
    "The delays before another try",
    arguments: [
      // gh-ost: a second, always; pt-online-schema-change: 250 ms.
      (Retry.Growth.exponential, Retry.Jitter.none, 1_000, 1_000, [1_000, 1_000, 1_000]),
      // pgroll: up to 1, 2, 4 … 60 s.
      (.exponential, .full, 1_000, 60_000, [1_000, 2_000, 4_000]),
      // Spirit: up to 10, 20, 30 ms.
      (.linear, .full, 10, 30, [10, 20, 30]),
    ])
  func delays(
    growth: Retry.Growth, jitter: Retry.Jitter, first: Int64, most: Int64, expected: [Int64]
  ) {
    var retry = Retry(max: 9, backoff: .milliseconds(first), maxBackoff: .milliseconds(most))
    retry.growth = growth
    retry.jitter = jitter
    let backoff = Backoff(retry, seed: 4)
    for (index, ms) in expected.enumerated() {
      let delay = backoff.delay(batch: 7, attempt: index + 1)
      #expect(backoff.cap(attempt: index + 1) == .milliseconds(ms))
      #expect(jitter == .none ? delay == .milliseconds(ms) : delay < .milliseconds(ms))
    }
  }

  @Test("pgroll tries again after a lock timeout, and gives up at once after a deadlock")
  func failures() {
    var retry = Retry(max: 10_000)
    retry.on = [.lockTimeout]
    #expect(retry.response(to: .lockTimeout, batch: 1, attempt: 500) == .retry)
    #expect(retry.response(to: .deadlock, batch: 1, attempt: 0) == .giveUp)
    // gh-ost tries again whatever went wrong.
    retry.on = [.lockTimeout, .deadlock, .serialization, .connectionLost, .other]
    #expect(retry.response(to: .other, batch: 1, attempt: 0) == .retry)
  }
}
