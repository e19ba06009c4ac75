import Primitives
import Simulator

/// Cases on the CPU alone.
enum CPUOracles {
  static let cases: [OracleCase] =
    [
      markovian(load: 0.5, customers: 250_000, decay: 0.3),
      markovian(load: 0.7, customers: 600_000, decay: 0.1),
      multiServer(2, rate: 1, customers: 700_000, decay: 0.5),
      multiServer(4, rate: 2.4, customers: 1_300_000, decay: 0.6),
      multiServer(8, rate: 5.6, customers: 2_200_000, decay: 0.35),
      multiServer(16, rate: 12.8, customers: 3_000_000, decay: 0.3),
    ]
    + [generalService, deterministicService, variableService, wakeUp, priorities]
    + [vacations(.deterministic, moment: 0.5), vacations(.exponential, moment: 1)]
    + [sharing(twoPoint, "two values"), sharing(mixture, "exponential and one value")]

  private static let kleinrock = "Kleinrock, Queueing Systems I (1975)"

  private static func play(_ queue: CPUQueue, _ run: OracleRun) -> CPUQueue.Outcome {
    var experiment = CPUQueueExperiment(queue, run)
    return experiment.play()
  }

  private static func markovian(load: Double, customers: Int, decay: Double) -> OracleCase {
    let mean = 1 / (1 - load)
    let (p95, p99) = (mean * -Double.log(0.05), mean * -Double.log(0.01))
    return OracleCase(
      "M/M/1, load \(load)", source: kleinrock + " §3.2",
      [
        .mean("mean time in system", mean), .p95(p95), .p99(p99), .mean("utilization", load),
        .mean("mean number found", load * mean),
        .exact("Little's law, ∫N dt − ΣT", 0, within: 0),
        .exact("Lindley's recursion, Σ of differences", 0, within: 0),
      ]
    ) { run in
      var queue = CPUQueue(rate: load, decay: decay, customers: customers)
      queue.sojournTails = [
        CPUQueue.Tail(share: 0.05, near: p95), CPUQueue.Tail(share: 0.01, near: p99),
      ]
      let outcome = play(queue, run)
      return [outcome.sojourn] + outcome.quantiles + [
        outcome.utilization, outcome.found, Double(outcome.littleGap),
        Double(outcome.lindleyGap),
      ]
    }
  }

  /// P(wait > t) = C e^{−(cμ − λ) t}.
  private static func multiServer(
    _ servers: Int, rate: Double, customers: Int, decay: Double
  ) -> OracleCase {
    let delayed = erlangC(servers: servers, load: rate)
    let spare = Double(servers) - rate
    let (p95, p99) = (Double.log(delayed / 0.05) / spare, Double.log(delayed / 0.01) / spare)
    return OracleCase(
      "M/M/\(servers), load \(rate / Double(servers))", source: kleinrock + " §3.5, Erlang C",
      [
        .mean("share that waits", delayed), .mean("mean time in system", 1 + delayed / spare),
        .mean("mean wait", delayed / spare), .p95(p95), .p99(p99),
      ]
    ) { run in
      var queue = CPUQueue(servers: servers, rate: rate, decay: decay, customers: customers)
      queue.waitTails = [
        CPUQueue.Tail(share: 0.05, near: p95), CPUQueue.Tail(share: 0.01, near: p99),
      ]
      let outcome = play(queue, run)
      return [outcome.delayed, outcome.sojourn, outcome.wait] + outcome.quantiles
    }
  }

  /// Pollaczek–Khinchine: Wq = λ E[S²] / (2 (1 − ρ)), with E[S²] = 1 + cv².
  private static func pollaczekKhinchine(
    _ name: String, _ law: ServiceLaw, squaredVariation: Double, customers: Int
  ) -> OracleCase {
    let wait = 0.5 * (1 + squaredVariation) / (2 * (1 - 0.5))
    return OracleCase(
      name, source: kleinrock + " §5.6, Pollaczek–Khinchine", [.mean("mean wait", wait)]
    ) { run in
      [play(CPUQueue(rate: 0.5, law: law, customers: customers), run).wait]
    }
  }

  private static let deterministicService = pollaczekKhinchine(
    "M/D/1, load 0.5", .deterministic, squaredVariation: 0, customers: 200_000)
  private static let generalService = pollaczekKhinchine(
    "M/G/1, cv² = 1, load 0.5", .exponential, squaredVariation: 1, customers: 300_000)
  private static let variableService = pollaczekKhinchine(
    "M/G/1, cv² = 4, load 0.5", .hyperexponential(squaredVariation: 4), squaredVariation: 4,
    customers: 1_000_000)

  /// A wake-up D precedes the first service of a busy period, and adds to the mean wait
  /// (2 E[D] + λ E[D²]) / (2 (1 + λ E[D])) (Welch, Operations Research 12, 1964, page 736).
  private static let wakeUp = OracleCase(
    "M/M/1 with a wake-up of 0.5 from idle, load 0.5", source: "Welch (1964)",
    [.mean("mean time in system", 2 + (2 * 0.5 + 0.5 * 0.25) / (2 * 1.25))]
  ) { run in
    [play(CPUQueue(rate: 0.5, wakeUp: unit * 0.5, customers: 150_000), run).sojourn]
  }

  /// Cobham: class k waits R / ((1 − σₖ₋₁)(1 − σₖ)), with R = Σ λᵢ E[Sᵢ²] / 2.
  ///
  /// Half of the customers are urgent and want 0.5, the others 1: R = 0.5, σ = 0.2, 0.6. The CPU
  /// itself knows no classes; who is overtaken gives up its place in line and comes again.
  private static let priorities = OracleCase(
    "M/M/1, half urgent, load 0.6", source: "Cobham, Operations Research 2 (1954), p. 70",
    [.mean("mean wait of the urgent", 0.5 / 0.8), .mean("mean wait of the others", 0.5 / 0.32)]
  ) { run in
    var queue = CPUQueue(rate: 0.8, customers: 900_000)
    queue.urgent = CPUQueue.Urgent(share: 0.5, size: 0.5)
    let outcome = play(queue, run)
    return [outcome.urgent, outcome.others]
  }

  /// Wq + E[V²] / (2 E[V]), vacations of mean 1; `moment` is that residual.
  private static func vacations(_ law: ServiceLaw, moment: Double) -> OracleCase {
    OracleCase(
      "M/M/1 with \(law) vacations, load 0.5",
      source: "Fuhrmann, Cooper, Operations Research 33 (1985), p. 1117",
      [.mean("mean wait", 1 + moment)]
    ) { run in
      let queue = CPUQueue(rate: 0.5, vacation: law, customers: 200_000)
      return [play(queue, run).wait]
    }
  }

  private static let twoPoint = ServiceLaw.twoPoint(large: 3, share: 0.2)
  private static let mixture = ServiceLaw.exponentialOr(large: 3, share: 0.1)

  /// Processor sharing is the limit of short slices: E[T(x)] = x / (1 − ρ), whatever the law.
  ///
  /// What slices of length q add is linear in q, so 2 T(q) − T(2q) with the same customers is taken.
  private static func sharing(_ law: ServiceLaw, _ name: String) -> OracleCase {
    OracleCase(
      "M/G/1-PS, \(name), load 0.5", source: "Kleinrock, Queueing Systems II (1976) §4.4",
      [.mean("time of a job of 3", 6), .mean("mean time in system", 2)]
    ) { run in
      let outcomes = [0.0625, 0.125].map { slice in
        play(
          CPUQueue(
            rate: 0.5, law: law, timeSlice: unit * slice, marked: 3, customers: 150_000), run)
      }
      return [
        2 * outcomes[0].marked - outcomes[1].marked,
        2 * outcomes[0].sojourn - outcomes[1].sojourn,
      ]
    }
  }
}

/// The share of arrivals that a loss system turns away.
///
/// By the recursion B(n) = a B(n − 1) / (n + a B(n − 1)).
func erlangB(servers: Int, load: Double) -> Double {
  var blocked = 1.0
  for n in 1...servers { blocked = load * blocked / (Double(n) + load * blocked) }
  return blocked
}

/// The share of arrivals that wait.
func erlangC(servers: Int, load: Double) -> Double {
  let blocked = erlangB(servers: servers, load: load)
  let utilization = load / Double(servers)
  return blocked / (1 - utilization * (1 - blocked))
}
