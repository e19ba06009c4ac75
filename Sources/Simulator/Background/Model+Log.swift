import EventKernel
import Measurements
import Primitives
import Scenarios
import Strategies
import Traffic

// The log on its way: flushed, shipped, replayed, acknowledged.
extension Model {
  /// The process waits until its commit is durable, as synchronous_commit asks; false: it need not.
  mutating func waitForCommit(_ process: Int32, _ position: Int64) -> Bool {
    if log.isIdle { bringLogUpToDate() }
    if commitsAsynchronously {
      log.commitAsynchronously(into: &devices[0], in: &calendar)
      return false
    }
    return log.wait(
      process, upTo: position, othersActive: max(0, appActive - 1), name: name(of: process),
      on: &devices[0], in: &calendar)
  }

  /// Commits after the primary's flush wait for synchronous replicas; false if there is none.
  mutating func waitForReplicas(_ process: Int32, _ position: Int64) -> Bool {
    guard let level = syncLevel, let replica = syncReplica else { return false }
    return replicas[replica].wait(process, upTo: position, for: level, in: &calendar)
  }

  mutating func commitDelayEnded() {
    bringLogUpToDate()
    log.delayEnded(into: &devices[0], in: &calendar)
  }

  mutating func logWriterWoke() {
    bringLogUpToDate()
    log.writerWoke(into: &devices[0], in: &calendar)
  }

  /// A flush is over: its log, with the replay work in it, sets out for the replicas.
  mutating func flushEnded() {
    bringLogUpToDate()
    let content = log.flushEnded(ready: &ready, into: &devices[0], in: &calendar)
    for replica in replicas.indices { replicas[replica].append(content, in: &calendar) }
    books.logShipped += content.bytes
    useCore(of: 0, forFiles: log.segments.takeMade())
  }

  /// Whoever makes new log files has a core write their zeros.
  private mutating func useCore(of cpu: Int, forFiles files: Int) {
    guard files > 0, costs.logFileCPU > .zero else { return }
    cpus[cpu].submit(
      admit(.detached, owner: 0), demand: costs.logFileCPU * files, in: &calendar)
  }

  /// A message has arrived: it is taken in as soon as walsender and walreceiver have had the CPU that it costs.
  mutating func logReceived(replica: Int) {
    guard costs.ship > .zero else { return takeIn(replica) }
    arrivedMessages[replica] += 1
    if arrivedMessages[replica] == 1 { ship(replica) }
  }

  private mutating func ship(_ replica: Int) {
    let demand = costs.ship * replicas[replica].partsOfNextMessage
    cpus[cpuIndex(replica)].submit(shippers[replica], demand: demand, in: &calendar)
  }

  mutating func logShipped(replica: Int) {
    takeIn(replica)
    arrivedMessages[replica] -= 1
    if arrivedMessages[replica] > 0 { ship(replica) }
  }

  private mutating func takeIn(_ replica: Int) {
    replicas[replica].received(into: &devices[deviceIndex(replica)], in: &calendar)
  }

  /// Changes the files of the primary's log and, alike, those of every replica's.
  mutating func everyLog(_ change: (inout LogSegments) -> Void) {
    change(&log.segments)
    for replica in replicas.indices { change(&replicas[replica].segments) }
  }

  func deviceIndex(_ replica: Int) -> Int { replicaDevices[replica] }

  func cpuIndex(_ replica: Int) -> Int { replicaCPUs[replica] }

  mutating func replicaFlushEnded(_ replica: Int) {
    replicas[replica].flushEnded(into: &devices[deviceIndex(replica)], in: &calendar)
    useCore(of: cpuIndex(replica), forFiles: replicas[replica].segments.takeMade())
    replay(replica)
  }

  /// Starts the next piece of replay, if there is one.
  mutating func replay(_ replica: Int) {
    switch replicas[replica].nextQuantum(in: &calendar) {
    case .none: break
    case .work(let reads, let cpu):
      replayCPU[replica] = cpu
      let misses = reads > 0 ? random.binomial(n: reads, p: cache.coldShare) : 0
      guard misses > 0 else { return replayRead(replica) }
      processes[replayers[replica]].stage = .storage
      devices[deviceIndex(replica)].submit(
        replayers[replica], .read, operations: misses, bytes: Int64(misses * RowLayout.pageBytes),
        depth: max(1, scenario.database.settings.recoveryPrefetch), in: &calendar)
    case .cancelQueries(let horizon):
      replicaQueries[replica].removeAll { $0.snapshot <= horizon }
      refreshReplicaSnapshot(replica)
      replay(replica)
    }
  }

  /// The pages are there: the CPU part of a piece of replay.
  mutating func replayRead(_ replica: Int) {
    processes[replayers[replica]].stage = .compute
    cpus[cpuIndex(replica)].submit(
      replayers[replica], demand: max(.nanoseconds(1), replayCPU[replica]), in: &calendar)
  }

  mutating func replayComputed(replica: Int) {
    replicas[replica].quantumEnded(in: &calendar)
    if calendar.now - lagNoted[replica] >= replicas[replica].settings.quantum { noteLag(replica) }
    replay(replica)
  }

  mutating func replyArrived(replica: Int) { replicas[replica].replyArrived(ready: &ready) }

  /// A query on the replica holds its snapshot; replay has to know the oldest one.
  mutating func refreshReplicaSnapshot(_ replica: Int) {
    let oldest = replicaQueries[replica].map(\.snapshot).min() ?? .max
    replicas[replica].setOldestSnapshot(oldest)
  }

  mutating func recordLag() {
    for replica in replicas.indices { noteLag(replica) }
    let retained = replicas.map { $0.retained }.max() ?? 0
    recorder.gauge(.walRetained, Double(retained), at: modelNow)
  }

  /// Readings lie no closer than a quantum of replay, which is how precisely lag is known.
  private mutating func noteLag(_ replica: Int) {
    lagNoted[replica] = calendar.now
    noteDrained(replica)
    let paused = replicas[replica].conflictPaused(at: calendar.now)
    if paused > conflictCounted[replica] {
      recorder.replicaConflict(
        replica: replica, paused: paused - conflictCounted[replica], at: modelNow)
      conflictCounted[replica] = paused
    }
    recorder.replicaLag(
      replica: replica, lag: replicas[replica].lag(at: calendar.now),
      bytes: replicas[replica].unapplied, shown: replicas[replica].shownLag(at: calendar.now),
      at: modelNow)
  }
}
