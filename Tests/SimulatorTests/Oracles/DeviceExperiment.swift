import EventKernel
import Primitives
import Simulator

/// Poisson requests at a storage device.
struct DeviceExperiment: ~Copyable {
  struct Outcome {
    var meanResponse = 0.0
    var utilization = 0.0
    var meanInFlight = 0.0
    /// By number of requests in flight, how many arrivals found so many.
    var found = [Int](repeating: 0, count: 64)
    /// ∫N dt − Σ response times, nanoseconds.
    var littleGap: Int128 = 0

    func foundShare(_ number: Int) -> Double {
      Double(found[number]) / Double(found.reduce(0, +))
    }
  }

  private let rate: Double
  private let requests: Int
  private var device: StorageDevice
  private var calendar = Calendar()
  private var arrivals: RandomStream
  private var sizes: RandomStream
  private var arrived: [Instant] = []
  private var free: [Int32] = []
  private let run: OracleRun
  /// An owner that has not been told of its answer.
  private var late: Int32?

  /// `rate` is in requests for each unit of time.
  init(_ limits: StorageDevice.Limits, rate: Double, requests: Int, _ run: OracleRun) {
    self.rate = rate
    self.run = run
    self.requests = run.customers(requests)
    device = StorageDevice(
      id: 0, limits: limits,
      randomness: RandomKey(seed: run.seed, trial: 0, entity: 0, purpose: 9))
    arrivals = run.stream(1)
    sizes = run.stream(2)
  }

  mutating func play(_ bytes: (inout RandomStream) -> Double) -> Outcome {
    var outcome = Outcome()
    var started = 0
    var finished = 0
    var responses: Int128 = 0
    scheduleArrival()
    while finished < requests, let event = calendar.next() {
      switch event {
      case .arrival:
        outcome.found[min(63, device.statistics.inFlight.value)] += 1
        submit(bytes: bytes(&sizes))
        started += 1
        if started < requests { scheduleArrival() }
      case .roundEnded(_, let request):
        guard let owner = device.roundEnded(request: request, in: &calendar) else { break }
        if run.mutation == .lostWakeUp && late == nil && finished == requests / 2 {
          late = owner
          break
        }
        for told in [late, owner].compactMap({ $0 }) {
          responses += Int128((calendar.now - arrived[Int(told)]).nanoseconds)
          free.append(told)
          finished += 1
        }
        late = nil
      default: break
      }
    }
    let end = calendar.now
    let inFlight = device.statistics.inFlight
    outcome.meanResponse = Double(responses) / Double(finished) / Double(unit.nanoseconds)
    outcome.utilization = device.busy(at: end) / Double(end.nanoseconds)
    outcome.meanInFlight = inFlight.mean(until: end) ?? 0
    outcome.littleGap = inFlight.integral(until: end) - responses
    return outcome
  }

  private mutating func scheduleArrival() {
    calendar.schedule(
      .arrival(class: 0), at: calendar.now + unit * (arrivals.exponential() / rate))
  }

  private mutating func submit(bytes: Double) {
    let id = free.popLast() ?? Int32(arrived.count)
    if Int(id) == arrived.count { arrived.append(.zero) }
    arrived[Int(id)] = calendar.now
    device.submit(id, .read, operations: 1, bytes: Int64(bytes), in: &calendar)
  }
}
