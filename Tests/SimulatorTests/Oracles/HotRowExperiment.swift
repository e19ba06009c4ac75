import EventKernel
import Primitives
import Simulator

/// One row, visited by transactions that lock it for a while, and by a batch once in a period.
struct HotRowExperiment: ~Copyable {
  struct Setting {
    /// Visits a second.
    var rate: Double
    /// Mean time for which a visitor holds the row.
    var hold: TimeSpan
    var law: ServiceLaw
    /// Long enough for the row to forget the batch.
    var period: TimeSpan
  }

  private static let batch: Int32 = 0
  private let setting: Setting
  private let batchHold: TimeSpan?
  private let row = RowName(table: 0, ordinal: 7)
  private var locks = RowLocks()
  private var calendar = Calendar()
  private var arrivals: RandomStream
  private var holds: RandomStream
  /// When the process arrived, and for how long it will hold the row.
  private var visits: [(arrived: Instant, hold: TimeSpan)]
  private var free: [Int32] = []
  private var waited = 0.0

  init(_ setting: Setting, _ run: OracleRun, batch: TimeSpan? = nil) {
    self.setting = setting
    batchHold = batch.map { $0 * run.mutation.serviceFactor }
    arrivals = run.stream(1)
    holds = run.stream(2)
    visits = [(.zero, batchHold ?? .zero)]
    locks.admit(Self.batch)
  }

  /// Seconds that visitors waited.
  mutating func play(periods: Int) -> Double {
    scheduleVisit()
    var left = periods
    calendar.schedule(.second, at: calendar.now + setting.period)
    while left >= 0, let event = calendar.next() {
      switch event {
      case .arrival:
        arrive()
        scheduleVisit()
      case .second:
        if batchHold != nil && left > 0 { request(Self.batch) }
        left -= 1
        calendar.schedule(.second, at: calendar.now + setting.period)
      case .resume(let holder): release(holder)
      default: break
      }
    }
    return waited
  }

  private mutating func scheduleVisit() {
    let gap = TimeSpan(seconds: arrivals.exponential() / setting.rate)
    calendar.schedule(.arrival(class: 0), at: calendar.now + gap)
  }

  private mutating func arrive() {
    let id = free.popLast() ?? Int32(visits.count)
    let visit = (arrived: calendar.now, hold: setting.hold * setting.law.draw(&holds))
    if Int(id) == visits.count { visits.append(visit) } else { visits[Int(id)] = visit }
    locks.admit(id)
    request(id)
  }

  private mutating func request(_ id: Int32) {
    if let lock = locks.lock(of: row) { return locks.wait(id, for: lock) }
    _ = locks.take(row, by: id, lockOnly: true)
    hold(id)
  }

  private mutating func hold(_ id: Int32) {
    calendar.schedule(.resume(process: id), at: calendar.now + visits[Int(id)].hold)
  }

  private mutating func release(_ holder: Int32) {
    let released = locks.releaseNewest(of: holder, newVersion: false, queueing: .firstThenRandom) {
      $0.hash
    }
    if holder != Self.batch { free.append(holder) }
    guard let next = released.next else { return }
    if next != Self.batch { waited += (calendar.now - visits[Int(next)].arrived).seconds }
    hold(next)
  }
}
