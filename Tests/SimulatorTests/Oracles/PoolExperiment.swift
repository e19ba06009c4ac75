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
    /// In the unit of holding times.
    var longWait = Double.infinity
  }

  struct Outcome {
    var rejected = 0.0
    /// Mean wait of all requests, and the share that waits longer than `longWait`.
    var wait = 0.0
    var long = 0.0
    var utilization = 0.0
    /// ∫(waiting + in use) dt − Σ times spent, nanoseconds.
    var littleGap: Int128 = 0
  }

  private enum Output: Int, CaseIterable { case rejected, wait, long }

  private let setting: Setting
  private let run: OracleRun
  private var pool: ConnectionPool
  private var calendar = Calendar()
  private var arrivals: RandomStream
  private var holdings: RandomStream
  private var blocks: ControlledBlocks
  private var gap = 0.0
  private var started = 0
  /// Numbers of requests that are done with, in one way or the other.
  private var ended = 0
  /// By process.
  private var requests: [(number: Int, arrived: Instant, holding: Double)] = []
  private var free: [Int32] = []
  /// Who waits, last first; kept only where that order is to be broken.
  private var line: [Int32] = []
  private var spent: Int128 = 0
  private var handedOver = 0

  init(_ setting: Setting, _ requests: Int, _ run: OracleRun) {
    self.setting = setting
    self.run = run
    pool = ConnectionPool(id: 0, size: setting.size, waitTimeout: setting.waitTimeout)
    arrivals = run.stream(1)
    holdings = run.stream(2)
    blocks = ControlledBlocks(
      outputs: Output.allCases.count, customers: run.customers(requests),
      controls: ArrivalControls(
        rate: setting.rate, moments: (1...3).map { setting.law.moment($0) }, decay: 0.7))
  }

  mutating func play() -> Outcome {
    scheduleArrival()
    while ended < blocks.customers, let event = calendar.next() {
      switch event {
      case .arrival:
        arrive()
        if started < blocks.customers { scheduleArrival() }
      case .resume(let process): leave(process)
      case .poolWaitTimedOut(_, let waiter):
        pool.waitTimedOut(waiter, at: calendar.now)
        blocks.add(1, to: Output.rejected.rawValue, of: requests[Int(waiter)].number)
        gone(waiter)
      default: break
      }
    }
    return closed()
  }

  private func closed() -> Outcome {
    let end = calendar.now
    let statistics = pool.statistics
    let means = blocks.means.controlled
    return Outcome(
      rejected: means[Output.rejected.rawValue], wait: means[Output.wait.rawValue],
      long: means[Output.long.rawValue],
      utilization: (statistics.inUse.mean(until: end) ?? 0) / Double(setting.size),
      littleGap: statistics.waiting.integral(until: end) + statistics.inUse.integral(until: end)
        - spent)
  }

  private mutating func scheduleArrival() {
    gap = arrivals.exponential() / setting.rate
    calendar.schedule(.arrival(class: 0), at: calendar.now + unit * gap)
  }

  private mutating func arrive() {
    let number = started
    started += 1
    let holding = setting.law.draw(&holdings)
    blocks.arrive(gap: gap, service: holding)
    if pool.statistics.waiting.value >= setting.longestLine { return reject(number) }
    let id = free.popLast() ?? Int32(requests.count)
    let request = (number: number, arrived: calendar.now, holding: holding)
    if Int(id) == requests.count { requests.append(request) } else { requests[Int(id)] = request }
    if run.mutation == .lastComeFirstServed {
      for other in line { pool.abandon(other, in: &calendar) }
    }
    switch pool.request(id, in: &calendar) {
    case .connected: hold(id)
    case .waiting: if run.mutation == .lastComeFirstServed { overtakeAll(id) }
    case .rejected:
      free.append(id)
      reject(number)
    }
  }

  private mutating func reject(_ number: Int) {
    blocks.add(1, to: Output.rejected.rawValue, of: number)
    ended += 1
  }

  /// Everybody else asks again, and stands behind the one who came last.
  private mutating func overtakeAll(_ id: Int32) {
    for other in line { _ = pool.request(other, in: &calendar) }
    line.insert(id, at: 0)
  }

  private mutating func hold(_ id: Int32) {
    let request = requests[Int(id)]
    let wait = (calendar.now - request.arrived).seconds / unit.seconds
    blocks.add(wait, to: Output.wait.rawValue, of: request.number)
    if wait > setting.longWait { blocks.add(1, to: Output.long.rawValue, of: request.number) }
    let time = request.holding * run.mutation.serviceFactor
    calendar.schedule(.resume(process: id), at: calendar.now + unit * time)
  }

  private mutating func leave(_ id: Int32) {
    gone(id)
    guard let next = pool.release(in: &calendar) else { return }
    handedOver += 1
    if !line.isEmpty { line.removeFirst() }
    // A process that is not told keeps its connection and never uses it.
    if run.mutation == .lostWakeUp && handedOver == 1000 { return gone(next) }
    hold(next)
  }

  private mutating func gone(_ id: Int32) {
    spent += Int128((calendar.now - requests[Int(id)].arrived).nanoseconds)
    free.append(id)
    ended += 1
  }
}
