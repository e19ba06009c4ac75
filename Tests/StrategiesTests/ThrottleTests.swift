import Primitives
import Testing

@testable import Strategies

extension ThrottleRule {
  /// Read every second unless said otherwise.
  static func pause(
    _ signal: Signal, above limit: Double, resumeBelow: Double, everyMs: Int64 = 1_000
  ) -> ThrottleRule {
    ThrottleRule(
      condition: Condition(signal: signal, comparison: .above, limit: limit),
      effect: .pause(
        resumeWhen: Condition(signal: signal, comparison: .below, limit: resumeBelow)),
      every: .milliseconds(everyMs))
  }

  static func abort(_ signal: Signal, above limit: Double, afterMs: Int64) -> ThrottleRule {
    ThrottleRule(
      condition: Condition(signal: signal, comparison: .above, limit: limit),
      effect: .abort(after: .milliseconds(afterMs)), every: .seconds(1))
  }
}

@Suite("Throttling")
struct ThrottleTests {
  /// One worker that has run its first batch, the second one is ready.
  private func running(
    _ rules: [ThrottleRule], _ onUnknown: Sensor.OnUnknown = .pause
  ) -> Conversation {
    var talk = Conversation {
      $0.batch = .rows(10)
      $0.throttle = rules
      $0.sensors = [.replicaLag: Sensor(onUnknown: onUnknown)]
    }
    _ = talk.start()
    _ = talk.say(.found(0, 10), 1)
    _ = talk.say(.found(1, 20), 2)
    return talk
  }

  @Test("Pauses above the upper limit and goes on only below the lower one")
  func hysteresis() {
    var talk = running([.pause(.replicaLag, above: 10, resumeBelow: 2)])
    #expect(talk.say(.reading(.replicaLag, 11, at: 1_000), 1_000) == [])
    #expect(talk.say(.committed(0), 1_100) == [])
    #expect(talk.strategy.pausedBecause == .throttle(rule: 0))
    #expect(talk.say(.reading(.replicaLag, 5, at: 2_000), 2_000) == [])
    #expect(talk.say(.reading(.replicaLag, 2, at: 3_000), 3_000) == [])
    #expect(
      talk.say(.reading(.replicaLag, 1.9, at: 4_000), 4_000)
        == [.run(1, 10, 20), .find(2, after: 20)])
    #expect(talk.strategy.pausedBecause == nil)
    #expect(talk.strategy.tally.paused.throttle == .milliseconds(2_900))
  }

  @Test("Below the upper limit it never pauses")
  func calm() {
    var talk = running([.pause(.replicaLag, above: 10, resumeBelow: 2)])
    _ = talk.say(.reading(.replicaLag, 10, at: 1_000), 1_000)
    #expect(talk.say(.committed(0), 1_100) == [.run(1, 10, 20), .find(2, after: 20)])
  }

  @Test("Rules on one signal share a subscription at the shortest period")
  func shared() {
    var talk = Conversation {
      $0.throttle = [
        .pause(.replicaLag, above: 10, resumeBelow: 2, everyMs: 1_000),
        .pause(.walRate, above: 10, resumeBelow: 2, everyMs: 500),
        .pause(.replicaLag, above: 20, resumeBelow: 2, everyMs: 200),
      ]
    }
    #expect(
      talk.start() == [
        .subscribe(.replicaLag, every: .milliseconds(200)),
        .subscribe(.walRate, every: .milliseconds(500)), .find(0, after: 0, rows: 1_000),
        .timer(0, at: 600), .timer(1, at: 1_500),
      ])
  }

  @Test("The first rule that holds is named, and each rule resumes by itself")
  func twoRules() {
    var talk = running([
      .pause(.replicaLag, above: 10, resumeBelow: 2), .pause(.walRate, above: 5, resumeBelow: 5),
    ])
    _ = talk.say(.reading(.walRate, 6, at: 900), 900)
    #expect(talk.strategy.pausedBecause == .throttle(rule: 1))
    _ = talk.say(.reading(.replicaLag, 11, at: 1_000), 1_000)
    #expect(talk.strategy.pausedBecause == .throttle(rule: 0))
    _ = talk.say(.reading(.replicaLag, 1, at: 2_000), 2_000)
    #expect(talk.strategy.pausedBecause == .throttle(rule: 1))
  }

  @Test("Three periods without news make a signal stale: its sensor says what then")
  func stale() {
    let rule = ThrottleRule.pause(.replicaLag, above: 10, resumeBelow: 2)
    var pausing = running([rule], .pause)
    _ = pausing.say(.committed(0), 100)
    #expect(pausing.say(.timerFired(id: 0), 3_000) == [])
    #expect(pausing.strategy.pausedBecause == .unknown(.replicaLag))
    #expect(pausing.say(.reading(.replicaLag, 3, at: 3_500), 3_500) == [.timer(1, at: 6_500)])
    #expect(pausing.strategy.pausedBecause == nil)

    var proceeding = running([rule], .proceed)
    _ = proceeding.say(.reading(.replicaLag, 11, at: 1_000), 1_000)
    _ = proceeding.say(.committed(0), 1_100)
    #expect(proceeding.say(.timerFired(id: 0), 3_000) == [.timer(1, at: 4_000)])
    #expect(
      proceeding.say(.timerFired(id: 1), 4_000) == [.run(1, 10, 20), .find(2, after: 20)])

    var aborting = running([rule], .abort)
    #expect(aborting.say(.timerFired(id: 0), 3_000) == [.cancel(worker: 0)])
    #expect(aborting.say(.failed(0, .cancelled), 3_001) == [.abort(.throttle(rule: 0))])
  }

  @Test("A rule that tripped before the silence still needs its resume condition after it")
  func trippedThroughSilence() {
    var talk = running([.pause(.replicaLag, above: 10, resumeBelow: 2)], .proceed)
    _ = talk.say(.reading(.replicaLag, 11, at: 1_000), 1_000)
    _ = talk.say(.timerFired(id: 0), 4_000)
    #expect(talk.strategy.pausedBecause == nil)
    _ = talk.say(.reading(.replicaLag, 5, at: 4_500), 4_500)
    #expect(talk.strategy.pausedBecause == .throttle(rule: 0))
  }

  @Test("The same measurement again, or none, is no news", arguments: [5.0, nil])
  func noNews(value: Double?) {
    var talk = running([.pause(.replicaLag, above: 10, resumeBelow: 2)])
    _ = talk.say(.reading(.replicaLag, 5, at: 500), 500)
    let isSilent = value == nil
    _ = talk.say(.reading(.replicaLag, value, at: isSilent ? 1_500 : 500), 1_500)
    _ = talk.say(.reading(.replicaLag, value, at: isSilent ? 2_500 : 500), 2_500)
    #expect(talk.say(.timerFired(id: 0), 3_000) == [.timer(1, at: 3_500)])
    _ = talk.say(.reading(.replicaLag, value, at: isSilent ? 3_400 : 500), 3_400)
    #expect(talk.strategy.pausedBecause == nil)
    _ = talk.say(.timerFired(id: 1), 3_500)
    #expect(talk.strategy.pausedBecause == .unknown(.replicaLag))
  }

  @Test("Ends the run once the condition was measured to hold long enough without a break")
  func abort() {
    var talk = running([.abort(.replicaLag, above: 36, afterMs: 2_000)])
    #expect(talk.say(.reading(.replicaLag, 40, at: 1_000), 1_000) == [])
    #expect(talk.say(.reading(.replicaLag, 40, at: 2_000), 2_000) == [])
    #expect(talk.say(.reading(.replicaLag, 36, at: 2_500), 2_500) == [])
    #expect(talk.say(.reading(.replicaLag, 40, at: 3_000), 3_000) == [])
    #expect(talk.say(.reading(.replicaLag, 40, at: 4_900), 4_900) == [])
    #expect(talk.strategy.pausedBecause == nil)
    #expect(talk.say(.reading(.replicaLag, 40, at: 5_000), 5_000) == [.cancel(worker: 0)])
    #expect(talk.say(.committed(0), 5_100) == [.abort(.throttle(rule: 0))])
  }

  @Test("What held before a silence has to hold anew after it")
  func abortAfterSilence() {
    var talk = running([.abort(.replicaLag, above: 36, afterMs: 2_000)], .proceed)
    _ = talk.say(.reading(.replicaLag, 40, at: 1_000), 1_000)
    #expect(talk.say(.timerFired(id: 0), 4_000) == [])
    #expect(talk.say(.reading(.replicaLag, 40, at: 5_000), 5_000) == [.timer(1, at: 8_000)])
    #expect(talk.say(.reading(.replicaLag, 40, at: 6_900), 6_900) == [])
    #expect(talk.say(.reading(.replicaLag, 40, at: 7_000), 7_000) == [.cancel(worker: 0)])
  }

  @Test("A table with nothing to do is finished without a subscription")
  func nothingToDo() {
    var talk = Conversation {
      $0.throttle = [.pause(.replicaLag, above: 10, resumeBelow: 2)]
      $0.resume = ResumePoint(watermark: Key(100))
    }
    #expect(talk.start(last: 100) == [.finish])
  }

  /// A twin that keeps every reading and works out anew at each start of a batch what each rule says.
  @Test(
    "No batch ever starts while a rule holds back or its signal is stale", arguments: propertySeeds)
  func twin(seed: UInt64) {
    var scenario = RandomScenario(seed: seed)
    var stream = scenario.stream
    let table = TestTable(rows: 90, stream: &stream)
    var configuration = scenario.configuration()
    configuration.throttle = [
      .pause(.replicaLag, above: 12, resumeBelow: 4, everyMs: 5),
      .pause(.walRate, above: 15, resumeBelow: 9, everyMs: 3),
    ]
    configuration.sensors = [
      .replicaLag: Sensor(onUnknown: .pause), .walRate: Sensor(onUnknown: .proceed),
    ]
    var run = RandomRun(configuration, table: table, world: scenario.world(), seed: seed)
    run.play()
    #expect(!run.starts.isEmpty)
    for (start, heard) in run.starts {
      for rule in configuration.throttle {
        let signal = rule.condition.signal
        let readings = run.readings[..<heard].filter { $0.signal == signal }
        let silence = start - (readings.last?.at ?? .zero)
        let limit = TimeSpan.nanoseconds(3 * rule.every.nanoseconds)
        if silence < limit {
          #expect(!isTripped(rule, readings.map(\.value)), "started at \(start) by \(signal)")
        }
        // The test's driver delivers a timer up to 0.2 ms late.
        if signal == .replicaLag { #expect(silence <= limit + .microseconds(200)) }
      }
    }
  }

  private func isTripped(_ rule: ThrottleRule, _ values: [Double]) -> Bool {
    guard case .pause(let resumeWhen) = rule.effect,
      let trip = values.lastIndex(where: { rule.condition.holds(for: $0) })
    else { return false }
    return !values[trip...].contains { resumeWhen.holds(for: $0) }
  }
}
