import EventKernel
import Gates
import Measurements
import Primitives
import Scenarios
import Strategies
import Traffic

/// A primary, its replicas, the application's traffic and the backfill, for one trial.
///
/// The model is one value with one event loop. Components (cores, devices, log, pools, replicas)
/// know nothing of each other; the extensions of this type carry a process from one to the next.
///
/// Two clocks: `calendar.now` is *played* time. Steady stretches may be skipped, and *model* time is
/// played time plus what was skipped; see `SteadyState`.
struct Model: ~Copyable {
  let scenario: Scenario
  let engine = Engine.postgreSQL
  let costs: Costs
  let exact: Bool

  var calendar = Calendar()
  var skipped = TimeSpan.zero
  var alarms = Alarms()
  var alarmToken = EventToken.none
  var phase = Phase.warmup
  /// Model time.
  var backfillStart = Instant.distantFuture
  var backfillEnd: Instant?
  var lastCommit: Instant?
  var finished = false
  var censored = false

  /// The primary first, then one for each replica.
  var cpus = OwnedArray<CPU>()
  var devices = OwnedArray<StorageDevice>()
  var log: LogFlusher
  var replicas = OwnedArray<ReplicaPipeline>()
  /// Where each replica runs: indices into devices and cores.
  let replicaDevices: [Int]
  let replicaCPUs: [Int]
  let commitsAsynchronously: Bool
  /// How many processes on the primary's cores wake for a statement: where colocated, its client as well.
  let clientWakes: Int
  /// What commits wait for, and on which replica; nil for nothing.
  let syncLevel: SyncLevel?
  let syncReplica: Int?
  var pools = OwnedArray<ConnectionPool>()
  var ready = ReadyLine()
  var locks = RowLocks()
  var tables = OwnedArray<TablePages>()
  var vacuums = OwnedArray<Autovacuum>()
  var checkpointer: Checkpointer
  /// The primary's and each replica's; none where the operating system writes early enough.
  var writebacks: [PageCacheWriteback] = []
  /// How far each replica had replayed at the last look at its files.
  var replayedAtLook: [Int64] = []
  var cache: BufferCache
  /// What of it lies in shared buffers; nil where it costs nothing to bring a page there.
  var buffers: BufferCache?
  var replacement: BufferReplacement

  var processes = Slab<Process>(capacity: 4096)
  var serial: UInt32 = 0
  var steps = OwnedArray<Step>()
  /// First step of each class.
  var scripts: [Int32] = []
  var classes = OwnedArray<ClassState>()
  /// Nil for closed classes.
  var arrivals: OwnedArray<ArrivalSource?>
  var keys: [KeySource]
  /// Nil for open classes.
  var thinks: [ThinkSource?]
  var keyScratch: [Int] = []

  var strategy: Strategy?
  /// What the strategy is told and answers; nil where nobody wants it.
  var decisions: DecisionLog?
  var workers: [Worker] = []
  var lookups: [Lookup] = []
  /// Of `lookups`, those that are not answered yet.
  var openLookups = 0
  var keyMap: KeyMap
  var activeBatches = 0
  var workersBlocked = 0
  /// The furthest boundary that the strategy was told.
  var lastBoundary: Key?
  /// Log and page images of the batches, apart from the traffic's, and what they went over in full leaves.
  var batchLog: Int64 = 0
  var batchImages: Int64 = 0
  var batchPointers = 0.0
  var subscriptions: [Subscription] = []
  /// On their way from a slow sensor; `firstReading` is the number of the first one kept.
  var readings: [Reading] = []
  var firstReading = 0
  var delivered = 0
  var meter = SignalMeter()
  /// Some throttle rule looks at the application's latency.
  var watchesLatency = false

  var recorder: Recorder
  var books = Books()
  var trace = TraceHash()
  /// Batches that skipped stretches have counted too few, less than one.
  var batchesOwed = 0.0
  /// Rows of skipped stretches that were no whole batch.
  var rowsOwed = 0
  var booksAtWindow = Books()
  var counted = CountedTotals()
  var tallied = OwnedArray<Int64>(repeating: 0, count: Counter.allCases.count)
  var steady: SteadyState
  var appActive = 0
  var appBlocked = 0
  var appLockTimeout: TimeSpan?
  var lockWaitsChanged = Instant.zero
  /// Indices of the scenario's events that last and are not over.
  var eventsUnderWay: [Int] = []
  /// Model times between which long transactions hold a snapshot.
  var longTransactions: [(from: Instant, until: Instant)] = []
  /// Row versions of the last moments cannot be pruned: some snapshot is older than a second.
  var horizonHeld = false
  var rowsAtLastRefresh = 0
  var scanRate = 0.0
  var afterEnds = Instant.distantFuture
  var pausesCounted = PausedTime()

  /// By replica: the process that replays, its CPU for the piece under way, queries that hold a
  /// snapshot, how long the backfill's lag took to go, conflict time already recorded.
  var replayers: [Int32]
  /// Of walsender and walreceiver together, a process a replica.
  var shippers: [Int32]
  /// Messages that have arrived and not been taken in.
  var arrivedMessages: [Int]
  /// Played times of the last readings of lag.
  var lagNoted: OwnedArray<Instant>
  var replayCPU: OwnedArray<TimeSpan>
  var replicaQueries: [[ReplicaQuery]]
  var drained: [TimeSpan?]
  var conflictCounted: [TimeSpan]

  /// Never set; makes the model a type that is always passed by address.
  ///
  /// An existential has no fixed layout in registers. Without it every reading method would get a
  /// 4 kB copy of the model (measured: a tenth of the run time, and most of the compile time).
  private let passedByAddress: (any Sendable)? = nil

  /// Nil where every round trip takes the same time.
  let roundTrips: Latency?
  let wireKey: RandomKey
  /// Nil where every cold start takes the same time.
  let coldStarts: Latency?
  let coldKey: RandomKey
  /// The same for the backfill's batches and boundary lookups.
  let batchColdKey: RandomKey
  let lookupColdKey: RandomKey
  /// When the boundary lookups' connection came to rest.
  var lookupRestedAt = Instant.zero
  let demandKey: RandomKey
  let queueKey: RandomKey
  let phaseKey: RandomKey
  var random: RandomStream

  /// What changes during the run about a class of traffic.
  struct ClassState: ~Copyable {
    var timeout: TimeSpan?
    let pool: Int
    /// Index of the machine that new transactions run on.
    var server: Int
    var deadlines = DeadlineLine()
    /// Open classes: the transaction that arrives next.
    var arrival: (index: UInt64, at: Instant)?
    var arrivalToken = EventToken.none
    /// Closed classes: the transaction that each client is at.
    var turns: [UInt64] = []
  }

  /// A boundary lookup in progress.
  struct Lookup {
    var process: Int32
    var action: Action
    var startedAt: Instant
  }

  struct ReplicaQuery {
    var snapshot: Int64
    /// Index of the scenario's event.
    var event: Int
  }

  /// Component totals already handed to the recorder.
  struct CountedTotals {
    var log: Int64 = 0
    var reads = 0
    var writes = 0
    var cpuBusy: Int64 = 0
    var storageBusy = 0.0
  }

  var modelNow: Instant { calendar.now + skipped }

  /// One way between a client and the primary.
  var halfTrip: TimeSpan { scenario.database.halfTrip }

  /// The played instant at which model time will be `instant` if nothing more is skipped.
  func played(_ instant: Instant) -> Instant { max(calendar.now, instant - skipped) }

  /// Plays the trial to its end.
  mutating func run(shouldStop: () -> Bool) -> TrialResult {
    begin()
    var countdown = 1 << 16
    var interrupted = false
    while !finished, let event = calendar.next() {
      handle(event)
      while let process = ready.popFirst() { proceed(process) }
      countdown -= 1
      if countdown == 0 {
        countdown = 1 << 16
        if shouldStop() {
          interrupted = true
          break
        }
      }
    }
    var result = close()
    result.decisions = decisions
    result.complete = !interrupted
    return result
  }

  private mutating func handle(_ event: ModelEvent) {
    switch event {
    case .resume(let process): proceed(process)
    case .burstEnded(let cpu, let core): burstEnded(cpu: Int(cpu), core: core)
    case .sliceEnded(let cpu): cpus[Int(cpu)].sliceEnded(in: &calendar)
    case .roundEnded(let device, let request): roundEnded(device: Int(device), request: request)
    case .arrival(let index): arrive(class: Int(index))
    case .clientReturns(let index, let client):
      clientReturned(class: Int(index), client: Int(client))
    case .retry(let process): retryDue(process)
    case .deadline(let index): deadlinePassed(class: Int(index))
    case .lockTimeout(let process): lockTimedOut(process)
    case .deadlockCheck(let process): checkDeadlock(process)
    case .poolWaitTimedOut(let pool, let waiter): poolWaitTimedOut(pool: Int(pool), waiter: waiter)
    case .commitDelayEnded: commitDelayEnded()
    case .logWriterWoke: logWriterWoke()
    case .logReceived(let replica): logReceived(replica: Int(replica))
    case .linkFreed(let replica): replicas[Int(replica)].linkFreed(in: &calendar)
    case .replayDue(let replica): replay(Int(replica))
    case .replyArrived(let replica): replyArrived(replica: Int(replica))
    case .strategyTimer(let id): tell(.timerFired(id: Int(id)))
    case .signal(let index): readSignal(Int(index))
    case .signalArrived(let index): deliver(reading: Int(index))
    case .alarm: ringAlarms()
    case .checkpointTick: writeCheckpointPages()
    case .vacuumTick(let table): vacuumPages(of: Int(table))
    case .second: everySecond()
    }
  }

  /// A process whose wait is over takes its next step.
  private mutating func proceed(_ process: Int32) {
    switch processes[process].role {
    case .transaction: advance(process)
    case .worker: workerGoesOn(Int(processes[process].owner))
    case .boundary: lookupGoesOn(process)
    case .replay: replayRead(Int(processes[process].owner))
    case .ship: break
    case .detached: processes.remove(process)
    }
  }

  private mutating func burstEnded(cpu: Int, core: Int16) {
    let process = cpus[cpu].burstEnded(core: core, at: calendar.now)
    switch processes[process].role {
    case .worker:
      // A batch goes on within its time slice while it computes.
      let worker = Int(processes[process].owner)
      workerComputed(worker)
      if workers[worker].stage != .computing { cpus[cpu].release(process, in: &calendar) }
    case .replay:
      cpus[cpu].release(process, in: &calendar)
      replayComputed(replica: Int(processes[process].owner))
    case .ship:
      cpus[cpu].release(process, in: &calendar)
      logShipped(replica: Int(processes[process].owner))
    case .transaction:
      cpus[cpu].release(process, in: &calendar)
      advance(process)
    case .boundary, .detached:
      cpus[cpu].release(process, in: &calendar)
      proceed(process)
    }
  }

  private mutating func roundEnded(device: Int, request: Int32) {
    guard let owner = devices[device].roundEnded(request: request, in: &calendar) else { return }
    if owner >= 0 {
      proceed(owner)
    } else if owner == Self.logOwner {
      flushEnded()
    } else if owner <= Self.flushOwner(replica: 0) {
      replicaFlushEnded(Int(Self.flushOwner(replica: 0) - owner))
    }
  }
}
