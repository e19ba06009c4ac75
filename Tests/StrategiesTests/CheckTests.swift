import Primitives
import Testing

@testable import Strategies

/// The throttles that look around a batch, hold for a fixed time, leak or slow down.
@Suite("Throttles of today's runners")
struct CheckTests {
  private static func rule(
    above limit: Double, check: ThrottleRule.Check, everyMs: Int64 = 1_000,
    _ change: (inout ThrottleRule) -> Void = { _ in }
  ) -> ThrottleRule {
    var rule = ThrottleRule.pause(
      .replicaLag, above: limit, resumeBelow: limit, everyMs: everyMs)
    rule.check = check
    change(&rule)
    return rule
  }

  private func talk(
    _ rules: [ThrottleRule], _ onUnknown: Sensor.OnUnknown = .pause
  ) -> Conversation {
    Conversation {
      $0.batch = .rows(10)
      $0.throttle = rules
      $0.sensors = [.replicaLag: Sensor(onUnknown: onUnknown)]
    }
  }

  @Test(
    "pt-online-schema-change asks after the batch: the first one goes without, one lands beyond")
  func afterBatch() {
    var talk = talk([Self.rule(above: 1, check: .afterBatch)])
    #expect(talk.start() == [.find(0, after: 0)])
    #expect(talk.say(.found(0, 10), 1) == [.run(0, 0, 10), .find(1, after: 10)])
    _ = talk.say(.found(1, 20), 2)
    #expect(talk.say(.committed(0), 10) == [.measure(.replicaLag)])
    // Two seconds behind: asked again a second later, as long as it takes.
    #expect(talk.say(.reading(.replicaLag, 2, at: 10), 10) == [.timer(0, at: 1_010)])
    #expect(talk.strategy.pausedBecause == .throttle(rule: 0))
    #expect(talk.say(.timerFired(id: 0), 1_010) == [.measure(.replicaLag)])
    #expect(
      talk.say(.reading(.replicaLag, 0.5, at: 1_010), 1_010)
        == [.run(1, 10, 20), .find(2, after: 20)])
    #expect(talk.strategy.tally.paused.throttle == .milliseconds(1_000))
  }

  @Test("pt-online-schema-change waits for ever for a replica that cannot be read")
  func unknown() {
    var talk = talk([Self.rule(above: 1, check: .afterBatch)])
    _ = talk.start()
    _ = talk.say(.found(0, 10), 1)
    _ = talk.say(.found(1, 20), 2)
    _ = talk.say(.committed(0), 10)
    #expect(talk.say(.reading(.replicaLag, nil, at: 10), 10) == [.timer(0, at: 1_010)])
    #expect(talk.strategy.pausedBecause == .unknown(.replicaLag))
  }

  @Test("job-iteration asks before each batch and comes back after 30 s")
  func beforeBatch() {
    var talk = talk([Self.rule(above: 5, check: .beforeBatch, everyMs: 30_000)])
    _ = talk.start()
    #expect(talk.say(.found(0, 10), 1) == [.measure(.replicaLag)])
    #expect(talk.say(.reading(.replicaLag, 6, at: 1), 1) == [.timer(0, at: 30_001)])
    #expect(talk.say(.timerFired(id: 0), 30_001) == [.measure(.replicaLag)])
    #expect(
      talk.say(.reading(.replicaLag, 1, at: 30_001), 30_001)
        == [.run(0, 0, 10), .find(1, after: 10)])
    _ = talk.say(.found(1, 20), 30_002)
    #expect(talk.say(.committed(0), 30_010) == [.measure(.replicaLag)])
  }

  @Test("online_migrations asks at most every five seconds")
  func fresh() {
    var talk = talk([Self.rule(above: 5, check: .beforeBatch) { $0.freshFor = .seconds(5) }])
    _ = talk.start()
    _ = talk.say(.found(0, 10), 1)
    #expect(
      talk.say(.reading(.replicaLag, 1, at: 3), 3) == [.run(0, 0, 10), .find(1, after: 10)])
    _ = talk.say(.found(1, 20), 4)
    #expect(talk.say(.committed(0), 4_000) == [.run(1, 10, 20), .find(2, after: 20)])
    _ = talk.say(.found(2, 30), 4_100)
    #expect(talk.say(.committed(1), 5_003) == [.measure(.replicaLag)])
  }

  @Test("GitLab looks after a round only and then holds for ten minutes, without another look")
  func afterRound() {
    var talk = Conversation {
      $0.batch = .rows(10)
      $0.rounds = Rounds(rows: 20, every: .seconds(1), minRows: 1, maxRows: 90, isSteered: false)
      $0.throttle = [Self.rule(above: 5, check: .afterRound) { $0.hold = .seconds(600) }]
    }
    _ = talk.start()
    _ = talk.say(.found(0, 10), 1)
    _ = talk.say(.found(1, 20), 2)
    #expect(talk.say(.committed(0), 10) == [.run(1, 10, 20), .find(2, after: 20)])
    _ = talk.say(.found(2, 30), 11)
    #expect(talk.say(.committed(1), 20) == [.measure(.replicaLag), .timer(0, at: 1_001)])
    #expect(talk.say(.reading(.replicaLag, 6, at: 20), 20) == [.timer(1, at: 600_020)])
    #expect(talk.say(.timerFired(id: 0), 1_001) == [])
    #expect(talk.strategy.pausedBecause == .held(rule: 0))
    #expect(talk.say(.timerFired(id: 1), 600_020) == [.run(2, 20, 30), .find(3, after: 30)])
  }

  /// Bad, bad, good, good: 0.2, 0.4, 0.2, 0.1 s, and never less than the first.
  @Test("LHM doubles its sleep while the replica lags and halves it while not, but never stops")
  func slows() {
    var rule = ThrottleRule(
      condition: Condition(signal: .replicaLag, comparison: .above, limit: 10),
      effect: .slow(from: .milliseconds(100), to: .milliseconds(300)), every: .seconds(1))
    rule.check = .afterBatch
    var talk = talk([rule], .proceed)
    _ = talk.start(last: 1_000)
    _ = talk.say(.found(0, 10), 0)
    var now: Int64 = 0
    for (batch, (lag, sleep)) in [
      (11.0, 200), (11, 300), (11, 300), (10, 150), (nil, 100), (3, 100),
    ].enumerated() as EnumeratedSequence<[(Double?, Int64)]> {
      _ = talk.say(.found(batch + 1, Int64(batch + 2) * 10), now)
      #expect(talk.say(.committed(batch), now + 5).first == .measure(.replicaLag))
      now += 5
      let expected = Action.timer(batch, at: now + sleep)
      #expect(talk.say(.reading(.replicaLag, lag, at: now), now) == [expected])
      now += sleep
      #expect(
        talk.say(.timerFired(id: batch), now).first
          == .run(batch + 1, Int64(batch + 1) * 10, Int64(batch + 2) * 10))
    }
  }

  @Test("gh-ost stays where it is for 250 ms, whatever the next samples say")
  func hold() {
    var talk = talk([
      Self.rule(above: 1.5, check: .sampled, everyMs: 100) { $0.hold = .milliseconds(250) }
    ])
    _ = talk.start()
    _ = talk.say(.found(0, 10), 1)
    _ = talk.say(.found(1, 20), 2)
    _ = talk.say(.reading(.replicaLag, 2, at: 100), 100)
    _ = talk.say(.committed(0), 110)
    #expect(talk.say(.reading(.replicaLag, 1, at: 200), 200) == [])
    #expect(talk.say(.reading(.replicaLag, 1, at: 300), 300) == [])
    #expect(talk.say(.reading(.replicaLag, 1, at: 400), 400).first == .run(1, 10, 20))
  }

  @Test("Spirit gives up waiting after a minute, for one batch, and waits again")
  func patience() {
    var talk = talk([
      Self.rule(above: 120, check: .sampled, everyMs: 5_000) { $0.patience = .seconds(60) }
    ])
    _ = talk.start()
    _ = talk.say(.found(0, 10), 1)
    _ = talk.say(.found(1, 20), 2)
    #expect(talk.say(.reading(.replicaLag, 130, at: 5_000), 5_000) == [.timer(1, at: 65_000)])
    _ = talk.say(.committed(0), 5_010)
    for second in stride(from: 10_000, through: 60_000, by: 5_000) as StrideThrough<Int64> {
      #expect(talk.say(.reading(.replicaLag, 130, at: second), second) == [])
    }
    let leaked = talk.say(.timerFired(id: 1), 65_000)
    #expect(leaked == [.run(1, 10, 20), .find(2, after: 20), .timer(2, at: 125_000)])
    _ = talk.say(.found(2, 30), 65_010)
    #expect(talk.say(.committed(1), 65_020) == [])
  }
}
