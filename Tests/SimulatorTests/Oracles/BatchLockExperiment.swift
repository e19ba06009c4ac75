import EventKernel
import Primitives
import Simulator

/// Passes over a table in batches, visited by single-row writes that take no time of their own.
///
/// The batch's locks are its frontier's; a record exists only for a row that somebody waits for.
struct BatchLockExperiment: ~Copyable {
  struct Setting {
    /// Rows of the table and of a batch.
    var rows = 20_000
    var batch = 5_000
    var row = TimeSpan.microseconds(100)
    var commit = TimeSpan.milliseconds(20)
    /// Visits a second.
    var rate = 200.0
    /// Waits beyond this are counted.
    var long = TimeSpan.milliseconds(300)

    /// Seconds for which a batch holds its rows, commit included.
    var hold: Double { Double(batch) * row.seconds + commit.seconds }
  }

  struct Outcome {
    var delayed = 0
    var waited = 0.0
    var long = 0
    /// Waits beyond the longest hold.
    var beyond = 0
  }

  private static let worker: Int32 = 0
  /// A frontier is told of its service in so many bursts.
  private static let bursts = 4

  private let setting: Setting
  private let run: OracleRun
  private var frontier = Frontier(rows: 0..<0)
  private var burstsLeft = 0
  private var burstStarted = Instant.zero
  private var locks = RowLocks()
  private var calendar = Calendar()
  private var arrivals: RandomStream
  private var rows: RandomStream
  private var arrived: [Instant] = [.zero]
  private var free: [Int32] = []
  private var late: Int32?
  private var outcome = Outcome()

  init(_ setting: Setting, _ run: OracleRun) {
    self.setting = setting
    self.run = run
    arrivals = run.stream(1)
    rows = run.stream(2)
    locks.admit(Self.worker)
  }

  mutating func play(passes: Int) -> Outcome {
    scheduleVisit()
    for _ in 0..<passes {
      var start = 0
      while start < setting.rows {
        begin(start..<start + setting.batch)
        playBatch()
        start += setting.batch
      }
    }
    return outcome
  }

  private var burst: TimeSpan {
    setting.row * (Double(setting.batch / Self.bursts) * run.mutation.serviceFactor)
  }

  private mutating func begin(_ batch: Range<Int>) {
    frontier = Frontier(rows: batch)
    frontier.begin(segment: batch, demand: burst * Double(Self.bursts))
    burstsLeft = Self.bursts
    burstStarted = calendar.now
    calendar.schedule(.burstEnded(cpu: 0, core: 0), at: calendar.now + burst)
  }

  private mutating func playBatch() {
    while let event = calendar.next() {
      switch event {
      case .arrival:
        visit(rows.below(setting.rows))
        scheduleVisit()
      case .burstEnded: burstEnded()
      default: return commit()
      }
    }
  }

  private mutating func burstEnded() {
    frontier.add(service: calendar.now - burstStarted)
    burstStarted = calendar.now
    burstsLeft -= 1
    if burstsLeft > 0 {
      calendar.schedule(.burstEnded(cpu: 0, core: 0), at: calendar.now + burst)
    } else {
      calendar.schedule(.resume(process: Self.worker), at: calendar.now + setting.commit)
    }
  }

  private mutating func scheduleVisit() {
    let gap = TimeSpan(seconds: arrivals.exponential() / setting.rate)
    calendar.schedule(.arrival(class: 0), at: calendar.now + gap)
  }

  private mutating func visit(_ row: Int) {
    let isLocked =
      frontier.rows.contains(row) && row < frontier.position(burst: calendar.now - burstStarted)
    guard isLocked else { return }
    let id = free.popLast() ?? Int32(arrived.count)
    if Int(id) == arrived.count { arrived.append(.zero) }
    arrived[Int(id)] = calendar.now
    locks.admit(id)
    let name = RowName(table: 0, ordinal: row)
    guard let lock = locks.lock(of: name) else {
      return locks.wait(id, for: locks.take(name, by: Self.worker))
    }
    locks.wait(id, for: lock)
  }

  private mutating func commit() {
    if let late { passOn(from: late) }
    late = nil
    passOn(from: Self.worker)
  }

  /// Releases what the process holds; who gets a row releases it at once.
  private mutating func passOn(from holder: Int32) {
    while locks.firstHeld(by: holder) != nil {
      let released = locks.releaseNewest(of: holder, newVersion: true, queueing: .fifo) { $0.hash }
      guard let next = released.next else { continue }
      if run.mutation == .lostWakeUp && late == nil && holder == Self.worker {
        late = next
      } else {
        passOn(from: next)
      }
    }
    if holder != Self.worker { leave(holder) }
  }

  private mutating func leave(_ id: Int32) {
    let waited = calendar.now - arrived[Int(id)]
    free.append(id)
    outcome.delayed += 1
    outcome.waited += waited.seconds
    if waited > setting.long { outcome.long += 1 }
    if waited.seconds > setting.hold { outcome.beyond += 1 }
  }
}
