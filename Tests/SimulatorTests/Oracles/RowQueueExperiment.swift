import EventKernel
import Primitives
import Simulator

/// One row that transactions only lock (SELECT FOR UPDATE), each for a while: a queue in the order of
/// coming.
struct RowQueueExperiment: ~Copyable {
  struct Outcome {
    var wait = 0.0
    /// The share that waits longer than `longWait`.
    var long = 0.0
  }

  private enum Output: Int, CaseIterable { case wait, long }

  private let rate: Double
  private let longWait: Double
  private let run: OracleRun
  private let row = RowName(table: 0, ordinal: 7)
  private var locks = RowLocks()
  private var calendar = Calendar()
  private var arrivals: RandomStream
  private var holds: RandomStream
  private var blocks: ControlledBlocks
  private var gap = 0.0
  private var started = 0
  private var finished = 0
  private var handedOver = 0
  /// By process.
  private var visits: [(number: Int, arrived: Instant, hold: Double)] = []
  private var free: [Int32] = []
  /// Who waits, last first; kept only where that order is to be broken.
  private var line: [Int32] = []

  /// `rate` is in visits, `longWait` in multiples, of the mean hold.
  init(rate: Double, longWait: Double, visits: Int, _ run: OracleRun) {
    self.rate = rate
    self.longWait = longWait
    self.run = run
    arrivals = run.stream(1)
    holds = run.stream(2)
    let law = ServiceLaw.exponential
    blocks = ControlledBlocks(
      outputs: Output.allCases.count, customers: run.customers(visits),
      controls: ArrivalControls(rate: rate, moments: (1...3).map { law.moment($0) }, decay: 0.3))
  }

  mutating func play() -> Outcome {
    scheduleVisit()
    while finished < blocks.customers, let event = calendar.next() {
      switch event {
      case .arrival:
        arrive()
        if started < blocks.customers { scheduleVisit() }
      case .resume(let holder): release(holder)
      default: break
      }
    }
    let means = blocks.means.controlled
    return Outcome(wait: means[Output.wait.rawValue], long: means[Output.long.rawValue])
  }

  private mutating func scheduleVisit() {
    gap = arrivals.exponential() / rate
    calendar.schedule(.arrival(class: 0), at: calendar.now + unit * gap)
  }

  private mutating func arrive() {
    let id = free.popLast() ?? Int32(visits.count)
    let visit = (number: started, arrived: calendar.now, hold: holds.exponential())
    if Int(id) == visits.count { visits.append(visit) } else { visits[Int(id)] = visit }
    started += 1
    blocks.arrive(gap: gap, service: visit.hold)
    locks.admit(id)
    guard let lock = locks.lock(of: row) else {
      _ = locks.take(row, by: id, lockOnly: true)
      return hold(id)
    }
    guard run.mutation == .lastComeFirstServed else { return locks.wait(id, for: lock) }
    for other in line { locks.withdraw(other) }
    line.insert(id, at: 0)
    for other in line { locks.wait(other, for: lock) }
  }

  private mutating func hold(_ id: Int32) {
    let visit = visits[Int(id)]
    let wait = (calendar.now - visit.arrived).seconds / unit.seconds
    blocks.add(wait, to: Output.wait.rawValue, of: visit.number)
    if wait > longWait { blocks.add(1, to: Output.long.rawValue, of: visit.number) }
    let time = unit * (visit.hold * run.mutation.serviceFactor)
    calendar.schedule(.resume(process: id), at: calendar.now + time)
  }

  private mutating func release(_ holder: Int32) {
    let released = locks.releaseNewest(of: holder, newVersion: false, queueing: .firstThenRandom) {
      $0.hash
    }
    finished += 1
    free.append(holder)
    guard let next = released.next else { return }
    if !line.isEmpty { line.removeFirst() }
    handedOver += 1
    // A process that is not told keeps the row for ever.
    if run.mutation == .lostWakeUp && handedOver == 500 { return }
    hold(next)
  }
}
