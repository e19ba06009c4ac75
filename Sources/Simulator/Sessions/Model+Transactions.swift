import EventKernel
import Measurements
import Primitives
import Scenarios
import Strategies
import Traffic

// The application's transactions, from arrival to answer.
extension Model {
  /// The next transaction of an open class arrives, and the one after it is scheduled.
  mutating func arrive(class index: Int) {
    guard let arrival = classes[index].arrival else { return }
    scheduleArrival(class: index)
    startTransaction(class: index, arrival: arrival.index, intended: arrival.at)
  }

  mutating func scheduleArrival(class index: Int) {
    classes[index].arrival = arrivals[index]?.next()
    guard let next = classes[index].arrival else { return }
    classes[index].arrivalToken = calendar.post(
      .arrival(class: Int32(index)), at: played(next.at))
  }

  mutating func startTransaction(class index: Int, arrival: UInt64, intended: Instant) {
    let process = admit(.transaction, owner: Int32(index))
    processes[process].arrival = arrival
    processes[process].intended = intended
    books.arrived += 1
    books.inFlight += 1
    trace.combine(arrival &* 31 &+ UInt64(index))
    recorder.arrived(class: index, intended: intended)
    if let timeout = classes[index].timeout {
      setDeadline(class: index, process, at: calendar.now + timeout)
    }
    enterPool(process)
  }

  /// Gives a process an id.
  mutating func admit(_ role: Process.Role, owner: Int32) -> Int32 {
    serial &+= 1
    var process = Process(role: role, owner: owner)
    process.serial = serial
    let id = processes.insert(process)
    locks.admit(id)
    return id
  }

  /// Index of the pool that a transaction takes its connection from.
  func poolOf(_ process: Int32) -> Int { classes[Int(processes[process].owner)].pool }

  mutating func enterPool(_ process: Int32) {
    let pool = poolOf(process)
    switch pools[pool].request(process, in: &calendar) {
    case .connected: connected(process)
    case .waiting:
      processes[process].stage = .pool
      processes[process].blockedSince = calendar.now
    case .rejected: reject(process, pool: pool, waited: .zero)
    }
  }

  private mutating func connected(_ process: Int32) {
    let pool = poolOf(process)
    if processes[process].stage == .pool {
      recorder.poolWaitEnded(
        pool: pool, waited: calendar.now - processes[process].blockedSince, rejected: false,
        at: modelNow)
      processes[process].stage = .idle
    }
    recorder.poolInUse(pool: pool, pools[pool].statistics.inUse.value, at: modelNow)
    appActive += 1
    recorder.appActive(appActive, at: modelNow)
    processes[process].step = scripts[Int(processes[process].owner)]
    processes[process].server = Int32(classes[Int(processes[process].owner)].server)
    advance(process)
  }

  /// Takes steps until the process has to wait for something.
  mutating func advance(_ process: Int32) {
    if processes[process].stage == .rollback { return rolledBack(process) }
    if processes[process].stage == .pool { return connected(process) }
    if processes[process].abandoned && processes[process].stage == .storage {
      return rollBack(process)
    }
    while true {
      let step = steps[Int(processes[process].step)]
      processes[process].step += 1
      switch step.kind {
      case .delay:
        processes[process].stage = .network
        processes[process].resumeToken = calendar.post(
          .resume(process: process),
          at: calendar.now + step.span + wire(step.ways, process) + lateness(step, process))
        if step.locksAhead > 0 { lookUpRow(process, ahead: step.locksAhead) }
        return
      case .compute:
        let owed = processes[process].owed
        guard step.span + step.cold + owed > .zero else { continue }
        processes[process].owed = .zero
        compute(
          process,
          varied(step.span, process) + coldStart(step, process) + bufferMisses(step, process)
            + owed)
        return
      case .fetch: if fetch(process, step) { return }
      case .lock: if !lockRows(process, step) { return }
      case .insert: insertRows(process, step)
      case .commit: if commit(process) { return }
      case .end:
        endTransaction(process)
        return
      }
    }
  }

  mutating func compute(_ process: Int32, _ demand: TimeSpan) {
    processes[process].stage = .compute
    let cpu = cpu(of: process)
    cpus[cpu].submit(
      process, demand: demand, wakes: clientWakes,
      name: cpus[cpu].drawsLuck ? name(of: process) : nil, in: &calendar)
  }

  func cpu(of process: Int32) -> Int {
    let server = Int(processes[process].server)
    return server == 0 ? 0 : cpuIndex(server - 1)
  }

  private func device(of process: Int32) -> Int {
    let server = Int(processes[process].server)
    return server == 0 ? 0 : deviceIndex(server - 1)
  }

  /// So many ways between client and server, one after the other, where their time scatters.
  private mutating func wire(_ ways: Int32, _ process: Int32) -> TimeSpan {
    guard let roundTrips else { return .zero }
    processes[process].draws &+= 1
    let trip = roundTrips.draw(sumOf: 1, from: wireKey, at: draw(of: process))
    return trip * (Double(ways) / 2)
  }

  private func lateness(_ step: Step, _ process: Int32) -> TimeSpan {
    guard step.flushed else { return .zero }
    return cpus[cpu(of: process)].delay(afterFlush: name(of: process), at: calendar.now)
  }

  private mutating func coldStart(_ step: Step, _ process: Int32) -> TimeSpan {
    guard step.cold > .zero, let coldStarts else { return step.cold }
    processes[process].draws &+= 1
    return coldStarts.draw(sumOf: 1, from: coldKey, at: draw(of: process))
  }

  /// The mean CPU of bringing pages into shared buffers that memory holds elsewhere.
  private func bufferMisses(_ step: Step, _ process: Int32) -> TimeSpan {
    guard let buffers, step.rows > 0, processes[process].server == 0 else { return .zero }
    let index = Int(processes[process].owner)
    let heap = max(0, buffers.missShare(class: index) - cache.missShare(class: index))
    let share = heap + buffers.leafMissShare(class: index)
    return scenario.database.costs.fetchPage * (share * Double(step.rows))
  }

  /// Demands vary evenly by half around their mean: prepared statements do nearly the same each time.
  private mutating func varied(_ span: TimeSpan, _ process: Int32) -> TimeSpan {
    processes[process].draws &+= 1
    let mean = UInt64(span.nanoseconds)
    let above = mean.multipliedFullWidth(by: demandKey.bits(draw(of: process))).high
    return TimeSpan(nanoseconds: Int64(mean / 2 + above))
  }

  /// The index of a transaction's next random number: the same whatever the backfill does.
  private func draw(of process: Int32) -> UInt64 {
    processes[process].arrival &* 64 &+ UInt64(processes[process].draws)
  }

  /// Names what a process asks for at this step.
  ///
  /// The same in the run of every candidate, whatever was asked for before. A batch has the name of its end.
  func name(of process: Int32) -> UInt64 {
    let state = processes[process]
    if state.role == .worker {
      return mixed(UInt64(workers[Int(state.owner)].frontier.rows.upperBound))
    }
    return mixed(mixed(state.arrival) &+ UInt64(state.attempt) << 32 &+ UInt64(state.step))
  }

  /// Reads what is not in memory; true if the process has to wait for it.
  private mutating func fetch(_ process: Int32, _ step: Step) -> Bool {
    let touches = Int(step.rows)
    count(.cacheReads, Int64(touches))
    let share = cache.missShare(class: Int(processes[process].owner))
    guard share > 0 else { return false }
    let name = name(of: process)
    var chance = RandomStream(demandKey.child(name))
    let misses = chance.binomial(n: touches, p: share)
    guard misses > 0 else { return false }
    count(.cacheMisses, Int64(misses))
    processes[process].stage = .storage
    devices[device(of: process)].submit(
      process, .read, operations: misses, bytes: Int64(misses * RowLayout.pageBytes), depth: 1,
      name: name, in: &calendar)
    return true
  }

  private mutating func insertRows(_ process: Int32, _ step: Step) {
    for _ in 0..<step.rows {
      let work = tables[Int(step.table)].insert(&random)
      charge(work)
      processes[process].owed = processes[process].owed + pageDemand(of: work)
    }
    processes[process].wrote = true
  }

  /// Makes the transaction durable; true if the process has to wait.
  private mutating func commit(_ process: Int32) -> Bool {
    guard processes[process].wrote else { return false }
    if processes[process].stage == .acknowledgement {
      committed(process)
      return false
    }
    if processes[process].stage == .flush {
      guard waitForReplicas(process, processes[process].commitPosition) else {
        committed(process)
        return false
      }
      processes[process].stage = .acknowledgement
      processes[process].step -= 1
      return true
    }
    let position = insertCommit()
    guard waitForCommit(process, position) else {
      committed(process)
      return false
    }
    processes[process].commitPosition = position
    processes[process].stage = .flush
    // Back to this step once the log is durable.
    processes[process].step -= 1
    return true
  }

  private mutating func committed(_ process: Int32) {
    processes[process].newVersion = true
    releaseLocks(of: process)
  }

  /// The answer is at the client, which gives its connection back.
  private mutating func endTransaction(_ process: Int32) {
    if !processes[process].abandoned { record(process, .completed) }
    disconnect(process)
    retire(process)
  }

  mutating func record(_ process: Int32, _ outcome: Outcome) {
    let index = Int(processes[process].owner)
    switch outcome {
    case .completed: books.completed += 1
    case .timedOut: books.timedOut += 1
    case .rejected: books.rejected += 1
    case .errored: books.errored += 1
    }
    books.inFlight -= 1
    trace.combine(UInt64(bitPattern: modelNow.nanoseconds) &+ UInt64(outcome.rawValue))
    if case .completed = outcome, watchesLatency {
      meter.ended(latency: modelNow - processes[process].intended)
    }
    recorder.ended(
      class: index, intended: processes[process].intended, at: modelNow, outcome: outcome)
  }

  mutating func disconnect(_ process: Int32) {
    let pool = poolOf(process)
    appActive -= 1
    recorder.appActive(appActive, at: modelNow)
    if let next = pools[pool].release(in: &calendar) { ready.append(next) }
  }

  /// A client of a closed class thinks, then comes back.
  mutating func retire(_ process: Int32) {
    let (index, arrival) = (Int(processes[process].owner), processes[process].arrival)
    processes[process].serial = 0
    processes.remove(process)
    guard thinks[index] != nil else { return }
    let client = Int(arrival >> 40)
    clientThinks(class: index, client: client, turn: classes[index].turns[client])
  }

  mutating func clientThinks(class index: Int, client: Int, turn: UInt64) {
    guard let source = thinks[index] else { return }
    let span = source.thinkTime(client: client, turn: turn)
    calendar.post(
      .clientReturns(class: Int16(index), client: Int32(client)), at: calendar.now + span)
  }

  mutating func clientReturned(class index: Int, client: Int) {
    guard let source = thinks[index] else { return }
    classes[index].turns[client] += 1
    let arrival = source.arrivalIndex(client: client, turn: classes[index].turns[client])
    startTransaction(class: index, arrival: arrival, intended: modelNow)
  }
}
