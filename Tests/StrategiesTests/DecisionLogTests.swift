import Foundation
import Primitives
import Testing

@testable import Strategies

@Suite("Decision log")
struct DecisionLogTests {
  @Test(
    "Replays every planner, statement and order, also after being stored",
    arguments: Planner.allCases, StatementKind.allCases)
  func replays(planner: Planner, statement: StatementKind) throws {
    for order in Order.allCases {
      var scenario = RandomScenario(seed: 11)
      var configuration = scenario.configuration()
      configuration.planner = planner
      configuration.statement = statement
      configuration.order = order
      configuration.workers = 3
      configuration.throttle = [.pause(.replicaLag, above: 15, resumeBelow: 9, everyMs: 4)]
      configuration.sensors = [.replicaLag: Sensor(), .walRate: Sensor(onUnknown: .proceed)]
      var world = RandomRun.World()
      world.batchFailures = 20
      world.lookupFailures = 10
      world.lostSamples = 40
      let table = TestTable(rows: 90, maxGap: 3, stream: &scenario.stream)
      var run = RandomRun(configuration, table: table, world: world, seed: 11)
      run.play()
      #expect(run.outcome == .finish)
      let stored = try JSONEncoder().encode(run.log)
      let read = try JSONDecoder().decode(DecisionLog.self, from: stored)
      #expect(read == run.log)
      #expect(read.replay() == nil)
    }
  }

  @Test("Names the first entry that a replay answers otherwise")
  func divergence() {
    var configuration = Configuration()
    configuration.batch = .rows(10)
    var talk = Conversation { $0 = configuration }
    var log = DecisionLog(configuration: configuration)
    let started = Event.started(bounds: range(0, 20), rows: 20)
    log.record(started, at: .zero, talk.say(started, 0))
    let actions = talk.say(.found(0, 10), 1)
    log.record(.found(0, 10), at: instant(1), actions.reversed())
    #expect(
      log.replay()
        == DecisionLog.Divergence(index: 1, logged: log.entries[1], replayed: actions))
  }

  @Test("Reads as one line an entry")
  func text() {
    var talk = Conversation {
      $0.batch = .rows(10)
      $0.pause = .fixed(.milliseconds(50))
    }
    let events: [(Int64, Event)] = [
      (0, .started(bounds: range(0, 25), rows: 25)), (1, .found(0, 10)), (2, .found(1, 20)),
      (12, .committed(0)), (62, .timerFired(id: 0)), (70, .failed(1, .lockTimeout)),
      (71, .cancelRequested),
    ]
    var log = DecisionLog(configuration: talk.strategy.configuration)
    for (ms, event) in events { log.record(event, at: instant(ms), talk.say(event, ms)) }
    #expect(
      log.entries.map(\.description).joined(separator: "\n") == """
        0.000000000 started (0, 25] 25 rows -> find 0 ascending after 0 10 rows by keyset
        0.001000000 boundary 0 found 10: 10 rows in 0.000000000 \
        -> run 0.0 (0, 10] 10 rows by 0 server; find 1 ascending after 10 10 rows by keyset
        0.002000000 boundary 1 found 20: 10 rows in 0.000000000
        0.012000000 batch 0 committed by 0: 10 rows, 0 skipped in 0.005000000 \
        -> timer 0 at 0.062000000
        0.062000000 timer 0 \
        -> run 1.0 (10, 20] 10 rows by 0 server; find 2 ascending after 20 10 rows by keyset
        0.070000000 batch 1 failed by 0: lockTimeout in 0.005000000 -> timer 1 at 0.174531951
        0.071000000 cancel -> abort cancelled
        """)
  }

  @Test("A log of another version is refused with both versions, whatever else it holds")
  func unknownVersion() throws {
    let text = "{\"version\": 999, \"entries\": \"in a form of later years\"}"
    let error = #expect(throws: DecisionLog.UnknownVersion.self) {
      try JSONDecoder().decode(DecisionLog.self, from: Data(text.utf8))
    }
    #expect(
      error?.description
        == "the decision log has version 999, and this rehearse replays version 2 only")
  }
}
