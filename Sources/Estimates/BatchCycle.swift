import Primitives
import Scenarios
import Strategies

/// The rate of all workers together as a function of the batch: w·n / (A + B·n).
struct BatchCycle {
  var workers: Double
  /// Seconds of a worker's cycle whatever the batch, pause included.
  var fixed: Double
  /// Seconds of it for each row.
  var perRow: Double

  init(_ scenario: Scenario, _ order: FirstOrder) {
    workers = Double(scenario.strategy.workers)
    switch scenario.strategy.pause {
    case .fixed(let span):
      fixed = order.batch.fixed + span.seconds
      perRow = order.batch.perRow
    case .ratio(let ratio):
      fixed = order.batch.fixed * (1 + ratio)
      perRow = order.batch.perRow * (1 + ratio)
    }
  }

  /// Rows a second.
  func rate(rows: Double) -> Double {
    rows == .infinity ? workers / perRow : workers * rows / (fixed + perRow * rows)
  }

  /// The batch at which the rate is this one; infinite where no batch reaches it.
  func rows(forRate rate: Double) -> Double {
    if rate <= 0 { return 0 }
    let left = workers - rate * perRow
    return left > 0 ? rate * fixed / left : .infinity
  }
}
