import EventKernel
import Primitives
import Simulator

/// Plays one `CPUQueue`.
struct CPUQueueExperiment: ~Copyable {
  let queue: CPUQueue
  let run: OracleRun
  var calendar = Calendar()
  var cpu: CPU
  var arrivals: RandomStream
  var services: RandomStream
  var vacations: RandomStream
  var classes: RandomStream
  var outcome = CPUQueue.Outcome()

  private var customers: [Customer] = []
  private var free: [Int32] = []
  private var line = OvertakingLine()
  private var observations: CPUObservations
  private var started = 0
  private var finished = 0
  private var sojourns: Int128 = 0
  private var lindley = Lindley()
  private var gap = 0.0
  /// A process that has not been told that its burst is over.
  private var late: Int32?

  struct Customer {
    var number = 0
    var arrived = Instant.zero
    var demand = TimeSpan.zero
    var marked = false
    var urgent = false
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
    classes = run.stream(4)
    observations = CPUObservations(queue, customers: run.customers(queue.customers))
  }

  mutating func play() -> CPUQueue.Outcome {
    let total = observations.customers
    customers = [Customer()]
    takeVacation()
    scheduleArrival()
    while finished < total, let event = calendar.next() {
      switch event {
      case .arrival:
        arrive()
        if started < total { scheduleArrival() }
      case .burstEnded(_, let core):
        let process = cpu.burstEnded(core: core, at: calendar.now)
        cpu.release(process, in: &calendar)
        if process == Self.vacation { takeVacation() } else { completed(process) }
      case .sliceEnded: cpu.sliceEnded(in: &calendar)
      default: break
      }
    }
    return closed()
  }

  private mutating func closed() -> CPUQueue.Outcome {
    let end = calendar.now
    observations.fill(&outcome)
    outcome.utilization =
      Double(cpu.busy(at: end)) / Double(end.nanoseconds) / Double(queue.servers)
    outcome.littleGap = cpu.statistics.present.integral(until: end) - sojourns
    return outcome
  }

  private mutating func scheduleArrival() {
    gap = arrivals.exponential() / queue.rate
    calendar.schedule(.arrival(class: 0), at: calendar.now + unit * gap)
  }

  private mutating func arrive() {
    var drawn = queue.law.draw(&services)
    var isUrgent = false
    if let urgent = queue.urgent, classes.uniform() < urgent.share {
      isUrgent = true
      drawn *= urgent.size
    }
    observations.arrive(
      number: started, gap: gap, service: drawn, found: cpu.statistics.present.value)
    let id = free.popLast() ?? Int32(customers.count)
    if Int(id) == customers.count { customers.append(Customer()) }
    customers[Int(id)] = Customer(
      number: started, arrived: calendar.now, demand: unit * (drawn * run.mutation.serviceFactor),
      marked: drawn == queue.marked, urgent: isUrgent)
    started += 1
    submit(id)
  }

  private mutating func submit(_ id: Int32) {
    let demand = customers[Int(id)].demand
    let isLast = run.mutation == .lastComeFirstServed
    guard isLast || queue.urgent != nil else {
      return cpu.submit(id, demand: demand, in: &calendar)
    }
    let passes = isLast || customers[Int(id)].urgent
    line.join(id, demand: demand, on: &cpu, in: &calendar) { [customers] other in
      passes && (isLast || !customers[Int(other)].urgent)
    }
  }

  private mutating func completed(_ id: Int32) {
    if losesWakeUp {
      late = id
      return
    }
    leave(id)
    if let other = late {
      late = nil
      leave(other)
    }
    takeVacation()
  }

  private var losesWakeUp: Bool {
    run.mutation == .lostWakeUp && late == nil && finished % 1000 == 500
      && started < observations.customers
  }

  private mutating func leave(_ id: Int32) {
    let customer = customers[Int(id)]
    let sojourn = calendar.now - customer.arrived
    let wait = sojourn - customer.demand
    finished += 1
    sojourns += Int128(sojourn.nanoseconds)
    free.append(id)
    line.remove(id)
    if queue.servers == 1 && queue.vacation == nil {
      let recursion = lindley.next(arrival: customer.arrived, demand: customer.demand)
      outcome.lindleyGap += abs((recursion - wait).nanoseconds)
    }
    observations.leave(
      customer, wait: wait.seconds / unit.seconds, sojourn: sojourn.seconds / unit.seconds)
  }

  /// A server that finds nobody leaves for a while; whoever comes meanwhile waits until it is back.
  private mutating func takeVacation() {
    guard let law = queue.vacation, cpu.statistics.present.value == 0 else { return }
    cpu.submit(Self.vacation, demand: unit * law.draw(&vacations), in: &calendar)
  }
}

/// The order in which processes wait for a CPU, kept where somebody may overtake.
///
/// The CPU serves who waits in the order of coming. Whoever is overtaken is therefore taken out of
/// its line, and comes again behind the one who overtakes.
private struct OvertakingLine {
  private var waiting: [(process: Int32, demand: TimeSpan)] = []

  mutating func join(
    _ process: Int32, demand: TimeSpan, on cpu: inout CPU, in calendar: inout Calendar,
    before isOvertaken: (Int32) -> Bool
  ) {
    waiting.removeAll { cpu.isRunning($0.process) }
    let place = waiting.firstIndex { isOvertaken($0.process) } ?? waiting.endIndex
    for other in waiting[place...] { cpu.withdraw(other.process, in: &calendar) }
    cpu.submit(process, demand: demand, in: &calendar)
    for other in waiting[place...] {
      cpu.submit(other.process, demand: other.demand, in: &calendar)
    }
    if !cpu.isRunning(process) { waiting.insert((process, demand), at: place) }
  }

  mutating func remove(_ process: Int32) {
    if !waiting.isEmpty { waiting.removeAll { $0.process == process } }
  }
}
