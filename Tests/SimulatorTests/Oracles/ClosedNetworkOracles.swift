import EventKernel
import Primitives
import Simulator

/// Cases with a fixed number of workers.
enum ClosedNetworkOracles {
  static let cases: [OracleCase] = [1, 5, 10, 20, 40].map { machineRepair($0) } + [roundRobin]

  /// Demands of 10 and 3 on one core with slices of 1: the second is done after three slices of
  /// each, the first when all is done.
  private static let roundRobin = OracleCase(
    "Round robin, demands of 10 and 3, slices of 1", source: "by hand",
    [.exact("end of the second", 6, within: 1e-9), .exact("end of the first", 13, within: 1e-9)]
  ) { run in
    var calendar = Calendar()
    var cpu = CPU(id: 0, cores: 1, timeSlice: unit, wakeUp: .zero)
    for (process, demand) in [10.0, 3.0].enumerated() {
      cpu.submit(
        Int32(process), demand: unit * (demand * run.mutation.serviceFactor), in: &calendar)
    }
    var ends: [Double] = []
    while ends.count < 2, let event = calendar.next() {
      switch event {
      case .sliceEnded: cpu.sliceEnded(in: &calendar)
      case .burstEnded(_, let core):
        cpu.release(cpu.burstEnded(core: core, at: calendar.now), in: &calendar)
        ends.append(calendar.now.seconds / unit.seconds)
      default: break
      }
    }
    return ends
  }

  /// N workers think 10, then need one connection for 1 (exponential both): exact mean value
  /// analysis, R(n) = 1 + Q(n − 1), X(n) = n / (R(n) + 10), Q(n) = X(n) R(n).
  private static func machineRepair(_ workers: Int) -> OracleCase {
    var queue = 0.0
    var throughput = 0.0
    var response = 0.0
    for n in 1...workers {
      response = 1 + queue
      throughput = Double(n) / (response + 10)
      queue = throughput * response
    }
    return OracleCase(
      "Machine repair, \(workers) workers", source: "Reiser, Lavenberg, JACM 27 (1980), p. 313",
      [.mean("throughput", throughput), .mean("mean response", response)]
    ) { run in
      var experiment = RepairExperiment(workers: workers, run)
      return experiment.play(cycles: 300_000)
    }
  }
}

/// A fixed number of workers that think and then need the CPU's one core.
struct RepairExperiment: ~Copyable {
  private let workers: Int
  private let run: OracleRun
  private var cpu = CPU(id: 0, cores: 1, timeSlice: .forever, wakeUp: .zero)
  private var calendar = Calendar()
  private var thinking: RandomStream
  private var services: RandomStream

  init(workers: Int, _ run: OracleRun) {
    self.workers = workers
    self.run = run
    thinking = run.stream(1)
    services = run.stream(2)
  }

  /// Throughput and mean response.
  mutating func play(cycles: Int) -> [Double] {
    for worker in 0..<Int32(workers) { think(worker) }
    let warmUp = run.customers(cycles) / 20
    let total = run.customers(cycles) + warmUp
    var finished = 0
    var since = Instant.zero
    var area: Int128 = 0
    while finished < total, let event = calendar.next() {
      switch event {
      case .resume(let worker):
        let time = services.exponential() * run.mutation.serviceFactor
        cpu.submit(worker, demand: unit * time, in: &calendar)
      case .burstEnded(_, let core):
        let worker = cpu.burstEnded(core: core, at: calendar.now)
        cpu.release(worker, in: &calendar)
        think(worker)
        finished += 1
        if finished == warmUp {
          since = calendar.now
          area = cpu.statistics.present.integral(until: since)
        }
      default: break
      }
    }
    let length = (calendar.now - since).seconds / unit.seconds
    let present = cpu.statistics.present.integral(until: calendar.now) - area
    let response = Double(present) / Double(unit.nanoseconds) / Double(total - warmUp)
    return [Double(total - warmUp) / length, response]
  }

  private mutating func think(_ worker: Int32) {
    calendar.schedule(
      .resume(process: worker), at: calendar.now + unit * (10 * thinking.exponential()))
  }
}
