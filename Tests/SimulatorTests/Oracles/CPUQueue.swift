import EventKernel
import Primitives
import Simulator

/// Poisson arrivals at a CPU: M/G/c in the order of arrival, or under time slices.
struct CPUQueue {
  /// Customers who are served before all others, without taking anybody's service away.
  struct Urgent {
    /// Share of the customers.
    var share: Double
    /// Their demand, of the others'.
    var size: Double
  }

  /// A quantile to be found, by the share of the customers beyond it.
  struct Tail {
    var share: Double
    /// Near which it lies; any value is right, the quantile itself explains most.
    var near: Double
  }

  var servers = 1
  /// Arrivals for each unit of time, the mean service time.
  var rate: Double
  var law = ServiceLaw.exponential
  var timeSlice = TimeSpan.forever
  var wakeUp = TimeSpan.zero
  /// Length of the server's vacations, taken whenever nobody is there; nil takes none.
  var vacation: ServiceLaw?
  var urgent: Urgent?
  /// Customers whose demand is this are counted apart.
  var marked: Double?
  var waitTails: [Tail] = []
  var sojournTails: [Tail] = []
  /// How fast the past load is forgotten that explains a wait, for each unit of time; any value is
  /// right, one near the queue's own forgetting explains most.
  var decay = 0.3
  var customers: Int

  /// E[Sᵏ] of all customers.
  func moment(_ k: Int) -> Double {
    guard let urgent else { return law.moment(k) }
    return law.moment(k) * (1 - urgent.share + urgent.share * Double.pow(urgent.size, Double(k)))
  }

  struct Outcome {
    var sojourn = 0.0
    var wait = 0.0
    /// The share that waits.
    var delayed = 0.0
    /// Mean number that an arrival finds.
    var found = 0.0
    /// Mean time in system of marked customers, mean wait of urgent ones and of the others.
    var marked = 0.0
    var urgent = 0.0
    var others = 0.0
    /// Of waits, then of times in system.
    var quantiles: [Double] = []
    var utilization = 0.0
    /// ∫N dt − Σ sojourn times, nanoseconds.
    var littleGap: Int128 = 0
    /// Σ |wait − Lindley's recursion|, nanoseconds.
    var lindleyGap: Int64 = 0
  }
}

/// A histogram of a hundredth of a unit.
struct Tally {
  private(set) var count = 0
  private var bins = [Int32](repeating: 0, count: 20_000)

  mutating func add(_ value: Double) {
    count += 1
    bins[min(bins.count - 1, Int(value * 100))] += 1
  }

  /// Linear within the bin.
  func quantile(_ p: Double) -> Double {
    let rank = p * Double(count)
    var below = 0.0
    for (index, number) in bins.enumerated() {
      if below + Double(number) >= rank {
        return (Double(index) + (rank - below) / Double(number)) / 100
      }
      below += Double(number)
    }
    return .infinity
  }
}
