import Primitives

@testable import Strategies

/// How many seeds every property is tried with.
let propertySeeds = Array(1...240 as ClosedRange<UInt64>)

/// Draws tables, configurations and worlds; each seed switches a random half of the features off.
struct RandomScenario {
  var stream: RandomStream

  init(seed: UInt64) {
    stream = RandomStream(RandomKey(seed: seed, trial: 0, entity: 0, purpose: 2))
  }

  mutating func table() -> TestTable {
    let rows = [0, 1, 2, 17, 60, 90][stream.below(6)]
    let first = [1, -40, Int64.min + 1, 1 << 40][stream.below(4)]
    return TestTable(
      rows: rows, first: first, maxGap: [1, 1, 3, 50][stream.below(4)], stream: &stream)
  }

  mutating func configuration() -> Configuration {
    var configuration = Configuration()
    configuration.planner = pick(Planner.allCases)
    configuration.order = pick(Order.allCases)
    configuration.findsByFilter = flip()
    configuration.statement = pick(StatementKind.allCases)
    configuration.workers = 1 + stream.below(6)
    configuration.batch =
      flip()
      ? .rows(1 + stream.below(12))
      : .targetTime(.milliseconds(Int64(1 + stream.below(20))), minRows: 2, maxRows: 15)
    if flip() { configuration.pause = flip() ? .fixed(.milliseconds(3)) : .ratio(0.7) }
    configuration.retry = Retry(
      max: 30, backoff: .milliseconds(1), maxBackoff: .milliseconds(Int64(1 + stream.below(8))))
    configuration.seed = stream.next()
    if flip() { addRules(to: &configuration) }
    if flip() { addChecks(to: &configuration) }
    if flip() { configuration.batch = .steered(steering()) }
    if stream.below(4) == 0 {
      configuration.rounds = Rounds(
        rows: 1 + stream.below(20), every: .milliseconds(Int64(1 + stream.below(40))), minRows: 1,
        maxRows: 30, isSteered: flip())
      configuration.workers = 1
    }
    if stream.below(4) == 0 { configuration.lockTimeout = .skipLocked }
    return configuration
  }

  mutating func world() -> RandomRun.World {
    var world = RandomRun.World()
    if flip() { world.batchFailures = stream.below(40) }
    if flip() { world.lookupFailures = stream.below(40) }
    if flip() { world.lostSamples = stream.below(90) }
    if flip() { world.heldRows = stream.below(40) }
    if flip() {
      world.settings = [
        .workers(stream.below(3)), .batchRows(1 + stream.below(9)),
        .pause(.fixed(.milliseconds(1))),
        .lockTimeout(.nowait), .workers(1 + stream.below(9)),
      ]
    }
    return world
  }

  mutating func flip() -> Bool { stream.below(2) == 0 }

  private mutating func pick<Element>(_ elements: [Element]) -> Element {
    elements[stream.below(elements.count)]
  }

  private mutating func steering() -> Steering {
    let law = pick(Steering.Law.allCases)
    let time = Steering.Goal.time(.milliseconds(Int64(1 + stream.below(20))))
    let bytes = Steering.Goal.bytes(10 + stream.below(800), perRow: 100)
    let goal = law == .welch ? bytes : law == .averageRate ? time : flip() ? time : bytes
    return Steering(law: law, goal: goal, firstRows: 1 + stream.below(12), minRows: 1, maxRows: 15)
  }

  /// Rules of every kind that are looked at around batches, each of which trips and lets go often.
  private mutating func addChecks(to configuration: inout Configuration) {
    let above = Condition(signal: .appActive, comparison: .above, limit: 12)
    let below = Condition(signal: .appActive, comparison: .below, limit: 9)
    var pausing = ThrottleRule(
      condition: above, effect: .pause(resumeWhen: below), every: .milliseconds(2))
    pausing.check = pick([.beforeBatch, .afterBatch, .afterRound])
    if flip() { pausing.hold = .milliseconds(Int64(1 + stream.below(9))) }
    if flip() { pausing.freshFor = .milliseconds(5) }
    var slowing = ThrottleRule(
      condition: Condition(signal: .poolWaiting, comparison: .above, limit: 10),
      effect: .slow(from: .milliseconds(1), to: .milliseconds(8)), every: .milliseconds(2))
    slowing.check = .afterBatch
    var impatient = ThrottleRule(
      condition: Condition(signal: .deadRows, comparison: .above, limit: 8),
      effect: .pause(resumeWhen: Condition(signal: .deadRows, comparison: .below, limit: 6)),
      every: .milliseconds(3))
    impatient.patience = .milliseconds(7)
    for rule in [pausing, slowing, impatient] where flip() { configuration.throttle.append(rule) }
    configuration.sensors[.appActive] = Sensor(onUnknown: flip() ? .pause : .proceed)
  }

  /// Rules on readings that are uniform on 0 ..< 20, so that each trips and resumes often.
  private mutating func addRules(to configuration: inout Configuration) {
    for signal in [Signal.replicaLag, .walRate] where flip() {
      let every = TimeSpan.milliseconds(Int64(2 + stream.below(6)))
      for limit in [15.0, 18] {
        configuration.throttle.append(
          ThrottleRule(
            condition: Condition(signal: signal, comparison: .above, limit: limit),
            effect: .pause(
              resumeWhen: Condition(signal: signal, comparison: .below, limit: limit - 8)),
            every: every))
      }
      configuration.sensors[signal] = Sensor(onUnknown: flip() ? .pause : .proceed)
    }
  }
}
