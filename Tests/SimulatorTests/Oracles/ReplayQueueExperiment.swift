import EventKernel
import Primitives
import Simulator

/// Poisson commits that one replica replays in the order of the log, each as long as its law says.
///
/// Network and flush take no time; a commit is one byte and a piece of replay one commit, so that
/// nothing shares a piece. What is left is the one process that replays.
struct ReplayQueueExperiment: ~Copyable {
  private let law: ServiceLaw
  private let rate: Double
  private let run: OracleRun
  private var calendar = Calendar()
  private var device: StorageDevice
  private var cpu = CPU(id: 0, cores: 1, timeSlice: .forever, wakeUp: .zero)
  private var replica: ReplicaPipeline
  private var ready = ReadyLine()
  private var arrivals: RandomStream
  private var services: RandomStream
  private var blocks: ControlledBlocks
  /// When the commits came that are still to be replayed, by number modulo a power of two.
  private var arrived = [Instant](repeating: .zero, count: 1 << 12)
  private var started = 0
  private var finished = 0
  private var asks = 0
  private var gap = 0.0

  init(_ law: ServiceLaw, rate: Double, commits: Int, _ run: OracleRun) {
    self.law = law
    self.rate = rate
    self.run = run
    let none = Latency(mean: .zero)
    device = StorageDevice(
      id: 0,
      limits: StorageDevice.Limits(
        iops: .infinity, throughput: .infinity, readLatency: none, writeLatency: none),
      randomness: RandomKey(seed: run.seed, trial: 0, entity: 0, purpose: 9))
    var settings = ReplicaPipeline.Settings(bandwidth: .infinity, roundTrip: .zero, flush: .zero)
    settings.quantum = .nanoseconds(1)
    replica = ReplicaPipeline(id: 0, owner: -2, settings: settings)
    arrivals = run.stream(1)
    services = run.stream(2)
    blocks = ControlledBlocks(
      outputs: 1, customers: run.customers(commits),
      controls: ArrivalControls(rate: rate, moments: (1...3).map { law.moment($0) }, decay: 0.3))
  }

  /// Mean time from a commit on the primary to its end on the replica.
  mutating func play() -> Double {
    scheduleArrival()
    while finished < blocks.customers, let event = calendar.next() {
      switch event {
      case .arrival:
        commit()
        if started < blocks.customers { scheduleArrival() }
      case .linkFreed: replica.linkFreed(in: &calendar)
      case .logReceived: replica.received(into: &device, in: &calendar)
      case .roundEnded(_, let request):
        guard device.roundEnded(request: request, in: &calendar) != nil else { break }
        replica.flushEnded(into: &device, in: &calendar)
        replay()
      case .burstEnded(_, let core):
        cpu.release(cpu.burstEnded(core: core, at: calendar.now), in: &calendar)
        replica.quantumEnded(in: &calendar)
        replay()
      case .replyArrived:
        replica.replyArrived(ready: &ready)
        while let process = ready.popFirst() { replayed(process) }
      default: break
      }
    }
    return blocks.means.controlled[0]
  }

  private mutating func scheduleArrival() {
    gap = arrivals.exponential() / rate
    calendar.schedule(.arrival(class: 0), at: calendar.now + unit * gap)
  }

  private mutating func commit() {
    let service = law.draw(&services)
    blocks.arrive(gap: gap, service: service)
    arrived[started % arrived.count] = calendar.now
    let time = unit * (service * run.mutation.serviceFactor)
    replica.append(LogContent(bytes: 1, replay: time, commits: 1), in: &calendar)
    started += 1
    _ = replica.wait(Int32(started - 1), upTo: Int64(started), for: .apply, in: &calendar)
  }

  private mutating func replay() {
    asks += 1
    // Who forgets to ask lets replay stand until the next flush.
    if run.mutation == .lostWakeUp && asks % 50 == 0 { return }
    if case .work(_, let time) = replica.nextQuantum(in: &calendar) {
      cpu.submit(0, demand: time, in: &calendar)
    }
  }

  private mutating func replayed(_ number: Int32) {
    let delay = calendar.now - arrived[Int(number) % arrived.count]
    blocks.add(delay.seconds / unit.seconds, to: 0, of: Int(number))
    finished += 1
  }
}
