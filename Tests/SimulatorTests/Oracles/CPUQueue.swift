import EventKernel
import Primitives
import Simulator

/// Poisson arrivals at a CPU: M/G/c in the order of arrival, or under time slices.
struct CPUQueue {
  var servers = 1
  /// Arrivals for each unit of time, the mean service time.
  var rate: Double
  var law = ServiceLaw.exponential
  var timeSlice = TimeSpan.forever
  var wakeUp = TimeSpan.zero
  /// Length of the server's vacations, taken whenever nobody is there; nil takes none.
  var vacation: ServiceLaw?
  /// Customers whose demand is this are counted apart.
  var marked: Double?
  var customers: Int

  struct Outcome {
    var sojourn = Tally()
    var wait = Tally()
    var marked = Tally()
    var delayed = 0.0
    var utilization = 0.0
    var meanPresent = 0.0
    /// ∫N dt − Σ sojourn times, nanoseconds.
    var littleGap: Int128 = 0
    /// Σ |wait − Lindley's recursion|, nanoseconds.
    var lindleyGap: Int64 = 0
  }
}

/// A mean, and quantiles from a histogram of a hundredth of a unit.
struct Tally {
  private(set) var count = 0
  private var sum = 0.0
  private var bins = [Int32](repeating: 0, count: 20_000)

  mutating func add(_ value: Double) {
    count += 1
    sum += value
    bins[min(bins.count - 1, Int(value * 100))] += 1
  }

  var mean: Double { sum / Double(count) }

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

/// Plays one `CPUQueue`.
struct CPUQueueExperiment: ~Copyable {
  let queue: CPUQueue
  let run: OracleRun
  var calendar = Calendar()
  var cpu: CPU
  var arrivals: RandomStream
  var services: RandomStream
  var vacations: RandomStream
  var outcome = CPUQueue.Outcome()

  private var customers: [Customer] = []
  private var free: [Int32] = []
  /// Who waits, first in line first; kept only where that order is to be broken.
  private var line: [Int32] = []
  private var started = 0
  private var finished = 0
  private var delayed = 0
  private var sojourns: Int128 = 0
  private var lindley = Lindley()

  private struct Customer {
    var arrived = Instant.zero
    var demand = TimeSpan.zero
    var marked = false
  }

  /// W' = max(0, W + S − A) for one server (Lindley 1952), in whole nanoseconds.
  private struct Lindley {
    var lastArrival = Instant.zero
    var lastDemand = TimeSpan.zero
    var lastWait = TimeSpan.zero
    mutating func next(arrival: Instant, demand: TimeSpan) -> TimeSpan {
      lastWait = max(.zero, lastWait + lastDemand - (arrival - lastArrival))
      lastArrival = arrival
      lastDemand = demand
      return lastWait
    }
  }

  /// The process that stands for the server's vacation.
  private static let vacation: Int32 = 0

  init(_ queue: CPUQueue, _ run: OracleRun) {
    self.queue = queue
    self.run = run
    cpu = CPU(id: 0, cores: queue.servers, timeSlice: queue.timeSlice, wakeUp: queue.wakeUp)
    arrivals = run.stream(1)
    services = run.stream(2)
    vacations = run.stream(3)
  }

  mutating func play() -> CPUQueue.Outcome {
    let total = run.customers(queue.customers)
    let warmUp = total / 50
    customers = [Customer()]
    takeVacation()
    scheduleArrival()
    while let event = calendar.next() {
      switch event {
      case .arrival:
        arrive()
        started += 1
        if started < total { scheduleArrival() }
      case .burstEnded(_, let core):
        let process = cpu.burstEnded(core: core, at: calendar.now)
        cpu.release(process, in: &calendar)
        if process == Self.vacation {
          takeVacation()
        } else {
          leave(process, counts: finished >= warmUp)
        }
        if started == total && finished == total { return closed() }
      case .sliceEnded: cpu.sliceEnded(in: &calendar)
      default: break
      }
    }
    return closed()
  }

  private mutating func closed() -> CPUQueue.Outcome {
    let end = calendar.now
    outcome.utilization =
      Double(cpu.busy(at: end)) / Double(end.nanoseconds) / Double(queue.servers)
    outcome.meanPresent = cpu.statistics.present.mean(until: end) ?? 0
    outcome.delayed = Double(delayed) / Double(outcome.sojourn.count)
    outcome.littleGap = cpu.statistics.present.integral(until: end) - sojourns
    return outcome
  }

  private mutating func scheduleArrival() {
    let gap = unit * (arrivals.exponential() / queue.rate)
    calendar.schedule(.arrival(class: 0), at: calendar.now + gap)
  }

  private mutating func arrive() {
    let drawn = queue.law.draw(&services)
    let id = free.popLast() ?? Int32(customers.count)
    if Int(id) == customers.count { customers.append(Customer()) }
    let demand = unit * (drawn * run.mutation.serviceFactor)
    customers[Int(id)] = Customer(
      arrived: calendar.now, demand: demand, marked: drawn == queue.marked)
    if run.mutation == .lastComeFirstServed { overtake(id) }
    cpu.submit(id, demand: demand, in: &calendar)
    if run.mutation == .lastComeFirstServed { rejoin(id) }
  }

  private mutating func leave(_ id: Int32, counts: Bool) {
    let customer = customers[Int(id)]
    let sojourn = calendar.now - customer.arrived
    let wait = sojourn - customer.demand
    finished += 1
    sojourns += Int128(sojourn.nanoseconds)
    free.append(id)
    if run.mutation == .lastComeFirstServed { line.removeAll { $0 == id } }
    if queue.servers == 1 && queue.vacation == nil {
      let recursion = lindley.next(arrival: customer.arrived, demand: customer.demand)
      outcome.lindleyGap += abs((recursion - wait).nanoseconds)
    }
    takeVacation()
    guard counts else { return }
    outcome.sojourn.add(sojourn.seconds / unit.seconds)
    outcome.wait.add(wait.seconds / unit.seconds)
    if wait > .zero { delayed += 1 }
    if customer.marked { outcome.marked.add(sojourn.seconds / unit.seconds) }
  }

  /// A server that finds nobody leaves for a while; whoever comes meanwhile waits until it is back.
  private mutating func takeVacation() {
    guard let law = queue.vacation, cpu.statistics.present.value == 0 else { return }
    cpu.submit(Self.vacation, demand: unit * law.draw(&vacations), in: &calendar)
  }

  /// Takes everybody out of the line, so that the next one stands before them.
  private mutating func overtake(_ id: Int32) {
    line.removeAll { cpu.isRunning($0) }
    for waiting in line { cpu.withdraw(waiting, in: &calendar) }
  }

  private mutating func rejoin(_ id: Int32) {
    for waiting in line {
      cpu.submit(waiting, demand: customers[Int(waiting)].demand, in: &calendar)
    }
    if !cpu.isRunning(id) { line.insert(id, at: 0) }
  }
}
