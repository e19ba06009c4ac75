import EventKernel
import Primitives

/// Cores that the operating system shares among processes.
///
/// One first-come, first-served run queue serves all cores. A running process keeps its core for a
/// time slice; if others wait when the slice ends, it goes to the back of the queue, else it starts
/// another slice. So a process that wakes beside busy ones waits for the rest of a slice (Linux
/// EEVDF protects a running process until its deadline in the same way), unless it is let in at once;
/// `Waking` says how often. A process that wakes on an idle core starts after `wakeUp`. With an endless
/// slice this is a multi-server queue served in the order of arrival; as the slice goes to zero it becomes
/// processor sharing.
///
/// A burst costs one calendar event. Slice ends are scheduled only while somebody waits, and then
/// only the next one.
package struct CPU: ~Copyable {
  package let id: Int16
  package let timeSlice: TimeSpan
  package let wakeUp: TimeSpan
  package internal(set) var statistics = CPUStatistics()

  let waking: Waking
  var cores: OwnedArray<Core>
  var idle: OwnedArray<Int16>
  var bursts = OwnedArray<Burst>()
  var line = WaitingLine<Int32>()
  private var slice = PendingSlice()
  let randomness: RandomKey
  let named: RandomKey
  var draws: UInt64 = 0

  struct Core {
    var process: Int32 = -1
    /// Service counts from here: the last accounting, or the end of a wake-up.
    var servedFrom = Instant.zero
    var sliceStart = Instant.zero
    /// When the burst ends if nothing interferes.
    var end = Instant.zero
    var token = EventToken.none
  }

  struct Burst {
    var remaining = TimeSpan.zero
    var received = TimeSpan.zero
    var place = Place.absent
  }

  enum Place: Equatable {
    case absent, waiting
    case running(Int16)
    /// The burst is over; the process keeps its core until it asks for more or leaves.
    case holding(Int16)
  }

  private struct PendingSlice {
    var token = EventToken.none
    var core: Int16 = -1
    var end = Instant.distantFuture
  }

  package init(
    id: Int16, cores: Int, timeSlice: TimeSpan, wakeUp: TimeSpan, waking: Waking = Waking(),
    randomness: RandomKey = RandomKey(seed: 0, trial: 0, entity: 0, purpose: 0)
  ) {
    precondition(cores > 0 && cores <= Int(Int16.max) && timeSlice > .zero && wakeUp >= .zero)
    self.id = id
    self.waking = waking
    self.randomness = randomness
    named = randomness.child(1)
    self.timeSlice = timeSlice
    self.wakeUp = wakeUp
    self.cores = OwnedArray(repeating: Core(), count: cores)
    self.idle = OwnedArray((0..<Int16(cores)).reversed())
  }

  /// Makes room for processes numbered below `count`, so that no burst has to.
  package mutating func reserve(processes count: Int) {
    bursts.extend(to: count, with: Burst())
  }

  /// The process wants `demand` of a core's time; it is handed back by `burstEnded`.
  ///
  /// A process whose burst has just ended goes on within its slice. One that has slept wakes, `wakes` times
  /// where others on these cores have to wake for it, and draws its luck from its name if it has one.
  package mutating func submit(
    _ process: Int32, demand: TimeSpan, wakes: Int = 1, name: UInt64? = nil,
    in calendar: inout Calendar
  ) {
    let now = calendar.now
    if Int(process) >= bursts.count { reserve(processes: max(64, Int(process) * 2)) }
    let place = bursts[Int(process)].place
    bursts[Int(process)].remaining = max(.zero, demand)
    bursts[Int(process)].received = .zero
    switch place {
    case .absent:
      statistics.arrive(at: now)
      let luck = waking.isEven ? 1 : luck(name)
      if let core = idle.popLast() {
        let late = wakeUp + delay(beforeIdleCore: luck, wakes: wakes, at: now)
        begin(process, on: core, from: now + late, in: &calendar)
      } else if let core = coreToTake(luck, wakes: wakes) {
        take(core, for: process, in: &calendar)
      } else {
        enqueue(process, in: &calendar)
      }
    case .holding(let core):
      proceed(process, on: core, in: &calendar)
    case .waiting, .running:
      preconditionFailure("a process asks for a second burst during its first")
    }
  }

  /// Ends the burst on `core` and returns its process, which holds the core until it submits
  /// another burst or is released, at the same instant.
  package mutating func burstEnded(core: Int16, at now: Instant) -> Int32 {
    let process = cores[Int(core)].process
    account(core, at: now)
    cores[Int(core)].token = .none
    bursts[Int(process)].place = .holding(core)
    return process
  }

  /// The process stops computing; its core goes to whoever waits longest.
  package mutating func release(_ process: Int32, in calendar: inout Calendar) {
    guard case .holding(let core) = bursts[Int(process)].place else {
      preconditionFailure("a process leaves a core that it does not hold")
    }
    bursts[Int(process)].place = .absent
    statistics.complete(at: calendar.now)
    vacate(core, in: &calendar)
  }

  /// Takes back a burst that runs or waits, and returns the service it has received.
  @discardableResult
  package mutating func withdraw(_ process: Int32, in calendar: inout Calendar) -> TimeSpan {
    let now = calendar.now
    let place = bursts[Int(process)].place
    switch place {
    case .absent: return .zero
    case .waiting:
      line.remove(process)
      statistics.leaveLine(at: now)
      if line.isEmpty { dropSlice(in: &calendar) }
    case .running(let core), .holding(let core):
      if case .running = place { account(core, at: now) }
      calendar.cancel(cores[Int(core)].token)
    }
    bursts[Int(process)].place = .absent
    statistics.withdraw(at: now)
    switch place {
    case .running(let core), .holding(let core): vacate(core, in: &calendar)
    case .absent, .waiting: break
    }
    return bursts[Int(process)].received
  }

  /// Changes what the process still needs, whether it runs or waits.
  package mutating func retarget(
    _ process: Int32, remaining: TimeSpan, in calendar: inout Calendar
  ) {
    switch bursts[Int(process)].place {
    case .waiting:
      bursts[Int(process)].remaining = max(.zero, remaining)
    case .running(let core):
      account(core, at: calendar.now)
      bursts[Int(process)].remaining = max(.zero, remaining)
      calendar.cancel(cores[Int(core)].token)
      scheduleEnd(of: core, in: &calendar)
      if slice.core == core {
        findSlice(in: &calendar)
      } else {
        offerSlice(of: core, in: &calendar)
      }
    case .absent, .holding:
      preconditionFailure("a burst that is over cannot change its length")
    }
  }

  /// What the process's current burst, or the one that ended last, has received.
  package func serviceReceived(_ process: Int32, at now: Instant) -> TimeSpan {
    let burst = bursts[Int(process)]
    guard case .running(let core) = burst.place else { return burst.received }
    return burst.received + max(.zero, now - cores[Int(core)].servedFrom)
  }

  /// Whether the process is on a core at this moment.
  package func isRunning(_ process: Int32) -> Bool {
    guard Int(process) < bursts.count, case .running = bursts[Int(process)].place else {
      return false
    }
    return true
  }

  /// Nanoseconds of service delivered by all cores until `now`.
  package func busy(at now: Instant) -> Int64 {
    var total = statistics.delivered
    for core in cores.indices where cores[core].process >= 0 && cores[core].token != .none {
      total += max(0, (now - cores[core].servedFrom).nanoseconds)
    }
    return total
  }
}

// Cores, and who gets them.
extension CPU {
  /// Gives the core to the head of the line, or lets it idle.
  private mutating func vacate(_ core: Int16, in calendar: inout Calendar) {
    let wasSlice = slice.core == core
    cores[Int(core)].process = -1
    cores[Int(core)].token = .none
    guard let next = line.popFirst() else {
      idle.append(core)
      return
    }
    statistics.leaveLine(at: calendar.now)
    begin(next, on: core, from: calendar.now, in: &calendar)
    if line.isEmpty { dropSlice(in: &calendar) } else if wasSlice { findSlice(in: &calendar) }
  }

  private mutating func begin(
    _ process: Int32, on core: Int16, from start: Instant, in calendar: inout Calendar
  ) {
    occupy(core, with: process, from: start, in: &calendar)
    offerSlice(of: core, in: &calendar)
  }

  private mutating func occupy(
    _ core: Int16, with process: Int32, from start: Instant, in calendar: inout Calendar
  ) {
    bursts[Int(process)].place = .running(core)
    cores[Int(core)].process = process
    cores[Int(core)].servedFrom = start
    cores[Int(core)].sliceStart = start
    scheduleEnd(of: core, in: &calendar)
  }

  /// Gives a core that computes to another process; the one that had it goes to the back of the line.
  private mutating func take(
    _ core: Int16, for process: Int32, in calendar: inout Calendar
  ) {
    let before = cores[Int(core)].process
    account(core, at: calendar.now)
    calendar.cancel(cores[Int(core)].token)
    statistics.preemptions += 1
    bursts[Int(before)].place = .waiting
    line.append(before)
    statistics.enterLine(at: calendar.now)
    occupy(core, with: process, from: calendar.now, in: &calendar)
    findSlice(in: &calendar)
  }

  /// Another burst of the process that holds the core.
  private mutating func proceed(
    _ process: Int32, on core: Int16, in calendar: inout Calendar
  ) {
    let now = calendar.now
    if !line.isEmpty && now >= cores[Int(core)].sliceStart + timeSlice {
      enqueue(process, in: &calendar)
      vacate(core, in: &calendar)
      return
    }
    bursts[Int(process)].place = .running(core)
    cores[Int(core)].servedFrom = now
    scheduleEnd(of: core, in: &calendar)
    offerSlice(of: core, in: &calendar)
  }

  private mutating func enqueue(_ process: Int32, in calendar: inout Calendar) {
    bursts[Int(process)].place = .waiting
    line.append(process)
    statistics.enterLine(at: calendar.now)
    if line.count == 1 { findSlice(in: &calendar) }
  }

  private mutating func scheduleEnd(of core: Int16, in calendar: inout Calendar) {
    let index = Int(core)
    let end = cores[index].servedFrom + bursts[Int(cores[index].process)].remaining
    cores[index].end = end
    cores[index].token = calendar.post(.burstEnded(cpu: id, core: core), at: end)
  }

  /// Moves the service delivered since the last accounting from the burst's demand to its receipts.
  private mutating func account(_ core: Int16, at now: Instant) {
    let index = Int(core)
    let served = now - cores[index].servedFrom
    guard served > .zero else { return }
    let process = Int(cores[index].process)
    cores[index].servedFrom = now
    bursts[process].received = bursts[process].received + served
    bursts[process].remaining = bursts[process].remaining - served
    statistics.delivered += served.nanoseconds
  }
}

// Time slices.
extension CPU {
  /// A slice ended while others wait: its process goes to the back of the line.
  package mutating func sliceEnded(in calendar: inout Calendar) {
    let core = slice.core
    // Until the choice below, no offer may count.
    slice = PendingSlice(end: .zero)
    let process = cores[Int(core)].process
    account(core, at: calendar.now)
    calendar.cancel(cores[Int(core)].token)
    statistics.preemptions += 1
    enqueue(process, in: &calendar)
    vacate(core, in: &calendar)
    slice = PendingSlice()
    findSlice(in: &calendar)
  }

  /// When the running process next has to yield if somebody waits, or nil if its burst ends before.
  private mutating func nextSliceEnd(of core: Int16, at now: Instant) -> Instant? {
    let index = Int(core)
    guard cores[index].token != .none else { return nil }
    let used = now - cores[index].sliceStart
    if used >= timeSlice {
      let whole = used.nanoseconds / timeSlice.nanoseconds * timeSlice.nanoseconds
      cores[index].sliceStart = cores[index].sliceStart + .nanoseconds(whole)
    }
    let end = cores[index].sliceStart + timeSlice
    return end < cores[index].end ? end : nil
  }

  /// Looks over all cores for the next process that has to yield.
  private mutating func findSlice(in calendar: inout Calendar) {
    dropSlice(in: &calendar)
    guard !line.isEmpty else { return }
    var first: Instant?
    var core: Int16 = -1
    for candidate in 0..<Int16(cores.count) {
      guard let end = nextSliceEnd(of: candidate, at: calendar.now) else { continue }
      if first.map({ end < $0 }) ?? true {
        first = end
        core = candidate
      }
    }
    if let first { setSlice(core, end: first, in: &calendar) }
  }

  /// Lets a core whose burst has just been set take part in the choice of the next slice end.
  private mutating func offerSlice(of core: Int16, in calendar: inout Calendar) {
    guard !line.isEmpty, let end = nextSliceEnd(of: core, at: calendar.now), end < slice.end else {
      return
    }
    dropSlice(in: &calendar)
    setSlice(core, end: end, in: &calendar)
  }

  private mutating func setSlice(_ core: Int16, end: Instant, in calendar: inout Calendar) {
    slice.core = core
    slice.end = end
    slice.token = calendar.post(.sliceEnded(cpu: id), at: end)
  }

  private mutating func dropSlice(in calendar: inout Calendar) {
    guard slice.core >= 0 else { return }
    calendar.cancel(slice.token)
    slice = PendingSlice()
  }
}
