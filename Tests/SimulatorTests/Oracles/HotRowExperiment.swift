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

  /// By block of periods: seconds that its visitors waited, and by how much the holds that they
  /// brought exceed what is to be expected, window by window after a batch.
  struct Outcome {
    var waits = [Double](repeating: 0, count: blocks)
    var excesses = [[Double]](
      repeating: [Double](repeating: 0, count: 2 * windows), count: blocks)
  }

  static let blocks = 100
  /// Windows of half the batch's hold each.
  static let windows = 8
  private static let batch: Int32 = 0

  private let setting: Setting
  private let batchHold: TimeSpan
  private let isVisited: Bool
  private let row = RowName(table: 0, ordinal: 7)
  private var locks = RowLocks()
  private var calendar = Calendar()
  private var arrivals: RandomStream
  private var holds: RandomStream
  /// When the process arrived, and for how long it will hold the row.
  private var visits: [(arrived: Instant, hold: TimeSpan)]
  private var free: [Int32] = []
  private var periodBegan = Instant.zero
  /// Seconds of hold that came in each window of the period.
  private var brought = [Double](repeating: 0, count: windows)
  private var waited = 0.0

  /// `visited` by the batch, which holds the row for `batch`, or not.
  init(_ setting: Setting, _ run: OracleRun, batch: TimeSpan, visited: Bool) {
    self.setting = setting
    isVisited = visited
    batchHold = batch
    arrivals = run.stream(1)
    holds = run.stream(2)
    visits = [(.zero, batch * run.mutation.serviceFactor)]
    locks.admit(Self.batch)
  }

  /// Plays a period without a batch, and then so many more.
  mutating func play(periods: Int) -> Outcome {
    var outcome = Outcome()
    var period = -1
    scheduleVisit()
    calendar.schedule(.second, at: calendar.now + setting.period)
    while period < periods, let event = calendar.next() {
      switch event {
      case .arrival:
        arrive()
        scheduleVisit()
      case .second:
        if period >= 0 { endPeriod(period * Self.blocks / periods, &outcome) }
        period += 1
        waited = 0
        brought = [Double](repeating: 0, count: Self.windows)
        periodBegan = calendar.now
        if isVisited { request(Self.batch) }
        calendar.schedule(.second, at: calendar.now + setting.period)
      case .resume(let holder): release(holder)
      default: break
      }
    }
    return outcome
  }

  private var window: Double { batchHold.seconds / 2 }

  /// Of what came in the first k windows, λ k L E[S] is to be expected, with variance λ k L E[S²].
  private func endPeriod(_ block: Int, _ outcome: inout Outcome) {
    outcome.waits[block] += waited
    let mean = setting.rate * window * setting.hold.seconds
    let variance = mean * setting.hold.seconds * setting.law.moment(2)
    var sum = 0.0
    for (index, value) in brought.enumerated() {
      sum += value
      let count = Double(index + 1)
      outcome.excesses[block][index] += value - mean
      outcome.excesses[block][Self.windows + index] +=
        sum * sum - count * mean * count * mean - count * variance
    }
  }

  private mutating func scheduleVisit() {
    let gap = TimeSpan(seconds: arrivals.exponential() / setting.rate)
    calendar.schedule(.arrival(class: 0), at: calendar.now + gap)
  }

  private mutating func arrive() {
    let id = free.popLast() ?? Int32(visits.count)
    let visit = (arrived: calendar.now, hold: setting.hold * setting.law.draw(&holds))
    let place = Int((calendar.now - periodBegan).seconds / window)
    if place < Self.windows { brought[place] += visit.hold.seconds }
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
