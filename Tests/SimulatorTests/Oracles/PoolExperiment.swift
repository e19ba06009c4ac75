import EventKernel
import Primitives
import Simulator

/// Poisson requests for the connections of a pool, each held for a while.
struct PoolExperiment: ~Copyable {
  struct Setting {
    var size: Int
    var waitTimeout: TimeSpan
    /// Requests for each unit of time, the mean holding time.
    var rate: Double
    var law = ServiceLaw.exponential
    /// Nobody joins a line that is so long.
    var longestLine = Int.max
  }

  struct Outcome {
    var rejected = 0.0
    var meanWaiting = 0.0
    var utilization = 0.0
    /// ∫(waiting + in use) dt − Σ times spent, nanoseconds.
    var littleGap: Int128 = 0
  }

  private let setting: Setting
  private let requests: Int
  private let run: OracleRun
  private var pool: ConnectionPool
  private var calendar = Calendar()
  private var arrivals: RandomStream
  private var holdings: RandomStream
  private var arrived: [Instant] = []
  private var free: [Int32] = []
  private var spent: Int128 = 0
  private var handedOver = 0

  init(_ setting: Setting, _ requests: Int, _ run: OracleRun) {
    self.setting = setting
    self.requests = run.customers(requests)
    self.run = run
    pool = ConnectionPool(id: 0, size: setting.size, waitTimeout: setting.waitTimeout)
    arrivals = run.stream(1)
    holdings = run.stream(2)
  }

  mutating func play() -> Outcome {
    var started = 0
    var turnedAway = 0
    scheduleArrival()
    while let event = calendar.next() {
      switch event {
      case .arrival:
        if !arrive() { turnedAway += 1 }
        started += 1
        if started < requests { scheduleArrival() }
      case .resume(let process): leave(process)
      case .poolWaitTimedOut(_, let waiter):
        pool.waitTimedOut(waiter, at: calendar.now)
        turnedAway += 1
        gone(waiter)
      default: break
      }
    }
    let end = calendar.now
    let statistics = pool.statistics
    return Outcome(
      rejected: Double(turnedAway) / Double(started),
      meanWaiting: statistics.waiting.mean(until: end) ?? 0,
      utilization: (statistics.inUse.mean(until: end) ?? 0) / Double(setting.size),
      littleGap: statistics.waiting.integral(until: end) + statistics.inUse.integral(until: end)
        - spent)
  }

  private mutating func scheduleArrival() {
    calendar.schedule(
      .arrival(class: 0), at: calendar.now + unit * (arrivals.exponential() / setting.rate))
  }

  /// False: rejected at once.
  private mutating func arrive() -> Bool {
    if pool.statistics.waiting.value >= setting.longestLine { return false }
    let id = free.popLast() ?? Int32(arrived.count)
    if Int(id) == arrived.count { arrived.append(.zero) }
    arrived[Int(id)] = calendar.now
    switch pool.request(id, in: &calendar) {
    case .connected: hold(id)
    case .waiting: break
    case .rejected:
      free.append(id)
      return false
    }
    return true
  }

  private mutating func hold(_ id: Int32) {
    let time = setting.law.draw(&holdings) * run.mutation.serviceFactor
    calendar.schedule(.resume(process: id), at: calendar.now + unit * time)
  }

  private mutating func leave(_ id: Int32) {
    gone(id)
    guard let next = pool.release(in: &calendar) else { return }
    handedOver += 1
    // A process that is not told keeps its connection and never uses it.
    if run.mutation == .lostWakeUp && handedOver == 1000 { return }
    hold(next)
  }

  private mutating func gone(_ id: Int32) {
    spent += Int128((calendar.now - arrived[Int(id)]).nanoseconds)
    free.append(id)
  }
}
