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
    return configuration
  }

  mutating func world() -> RandomRun.World {
    var world = RandomRun.World()
    if flip() { world.batchFailures = stream.below(40) }
    if flip() { world.lookupFailures = stream.below(40) }
    if flip() { world.lostSamples = stream.below(90) }
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
