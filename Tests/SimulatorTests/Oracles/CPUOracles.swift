import Primitives
import Simulator

/// Cases on the CPU alone.
enum CPUOracles {
  static let cases: [OracleCase] =
    [markovian(load: 0.5, customers: 400_000), markovian(load: 0.7, customers: 1_200_000)]
    + [
      multiServer(2, rate: 1, customers: 2_700_000, limit: 0.005),
      multiServer(4, rate: 2.4, customers: 1_600_000, limit: 0.01),
      multiServer(8, rate: 5.6, customers: 2_000_000, limit: 0.015),
      multiServer(16, rate: 12.8, customers: 2_000_000, limit: 0.02),
    ]
    + [generalService, deterministicService, variableService, wakeUp]
    + [vacations(.deterministic, moment: 0.5), vacations(.exponential, moment: 1)]
    + [sharing(twoPoint, "two values"), sharing(mixture, "exponential and one value")]

  private static let kleinrock = "Kleinrock, Queueing Systems I (1975)"

  private static func play(_ queue: CPUQueue, _ run: OracleRun) -> CPUQueue.Outcome {
    var experiment = CPUQueueExperiment(queue, run)
    return experiment.play()
  }

  private static func markovian(load: Double, customers: Int) -> OracleCase {
    let mean = 1 / (1 - load)
    return OracleCase(
      "M/M/1, load \(load)", source: kleinrock + " §3.2",
      [
        .mean("mean time in system", mean), .p95(mean * -Double.log(0.05)),
        .p99(mean * -Double.log(0.01)), .mean("utilization", load),
        .mean("mean number in system", load * mean),
        .exact("Little's law, ∫N dt − ΣT", 0, within: 0),
        .exact("Lindley's recursion, Σ|difference|", 0, within: 0),
      ]
    ) { run in
      let outcome = play(CPUQueue(rate: load, customers: customers), run)
      return [
        outcome.sojourn.mean, outcome.sojourn.quantile(0.95), outcome.sojourn.quantile(0.99),
        outcome.utilization, outcome.meanPresent, Double(outcome.littleGap),
        Double(outcome.lindleyGap),
      ]
    }
  }

  /// The wait of many servers is a rare and clustered event; for 4 of them and more its interval
  /// may be wider, where half a percent would take up to 3·10⁸ customers.
  private static func multiServer(
    _ servers: Int, rate: Double, customers: Int, limit: Double
  ) -> OracleCase {
    let delayed = erlangC(servers: servers, load: rate)
    let wait = delayed / (Double(servers) - rate)
    return OracleCase(
      "M/M/\(servers), load \(rate / Double(servers))", source: kleinrock + " §3.5, Erlang C",
      [
        OracleCase.Quantity(
          name: "share that waits", closedForm: delayed, acceptance: .interval(limit: limit / 2)),
        .mean("mean time in system", 1 + wait),
        OracleCase.Quantity(
          name: "mean wait", closedForm: wait, acceptance: .interval(limit: limit)),
      ]
    ) { run in
      let outcome = play(CPUQueue(servers: servers, rate: rate, customers: customers), run)
      return [outcome.delayed, outcome.sojourn.mean, outcome.wait.mean]
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
      [play(CPUQueue(rate: 0.5, law: law, customers: customers), run).wait.mean]
    }
  }

  private static let deterministicService = pollaczekKhinchine(
    "M/D/1, load 0.5", .deterministic, squaredVariation: 0, customers: 1_000_000)
  private static let generalService = pollaczekKhinchine(
    "M/G/1, cv² = 1, load 0.5", .exponential, squaredVariation: 1, customers: 1_500_000)
  private static let variableService = pollaczekKhinchine(
    "M/G/1, cv² = 4, load 0.5", .hyperexponential(squaredVariation: 4), squaredVariation: 4,
    customers: 3_000_000)

  /// A wake-up D precedes the first service of a busy period, and adds to the mean wait
  /// (2 E[D] + λ E[D²]) / (2 (1 + λ E[D])) (Welch, Operations Research 12, 1964, page 736).
  private static let wakeUp = OracleCase(
    "M/M/1 with a wake-up of 0.5 from idle, load 0.5", source: "Welch (1964)",
    [.mean("mean time in system", 2 + (2 * 0.5 + 0.5 * 0.25) / (2 * 1.25))]
  ) { run in
    let queue = CPUQueue(rate: 0.5, wakeUp: unit * 0.5, customers: 500_000)
    return [play(queue, run).sojourn.mean]
  }

  /// Wq + E[V²] / (2 E[V]), vacations of mean 1; `moment` is that residual.
  private static func vacations(_ law: ServiceLaw, moment: Double) -> OracleCase {
    OracleCase(
      "M/M/1 with \(law) vacations, load 0.5",
      source: "Fuhrmann, Cooper, Operations Research 33 (1985), p. 1117",
      [.mean("mean wait", 1 + moment)]
    ) { run in
      let queue = CPUQueue(rate: 0.5, vacation: law, customers: 600_000)
      return [play(queue, run).wait.mean]
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
            rate: 0.5, law: law, timeSlice: unit * slice, marked: 3, customers: 330_000), run)
      }
      return [
        2 * outcomes[0].marked.mean - outcomes[1].marked.mean,
        2 * outcomes[0].sojourn.mean - outcomes[1].sojourn.mean,
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
