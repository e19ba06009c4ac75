import Primitives
import Traffic

/// An open class without statements, as far as arrivals and keys need one.
func openClass(
  _ process: TrafficClass.Process = .poisson, rate: Double = 100,
  curve: [TrafficClass.CurvePoint] = [], keys: KeyDistribution = .uniform, scatter: Bool = false,
  name: String = "checkout"
) -> TrafficClass {
  TrafficClass(
    name: name, arrivals: .open(rate: rate, process: process), curve: curve, statements: [],
    keys: keys, scatter: scatter)
}

/// The curve of the design's example, with a jump at noon and no traffic at night.
let workday = [
  (0.0, 0.35), (9, 1), (12, 1), (12, 1.5), (18, 1), (22, 0), (23, 0),
].map { TrafficClass.CurvePoint(timeOfDay: $0.0 * 3600, factor: $0.1) }

func arrivalSource(
  _ trafficClass: TrafficClass, seed: UInt64 = 7, trial: Int = 0, startAt: Double = 0
) -> ArrivalSource {
  ArrivalSource(class: trafficClass, seed: seed, trial: trial, startAt: startAt)
}

struct Arrival: Hashable {
  var index: UInt64
  var at: Instant
}

extension ArrivalSource {
  mutating func nextArrival() -> Arrival? {
    next().map { Arrival(index: $0.index, at: $0.at) }
  }

  /// All arrivals up to and including an instant.
  mutating func arrivals(until end: Instant) -> [Arrival] {
    var arrivals: [Arrival] = []
    while let arrival = nextArrival(), arrival.at <= end { arrivals.append(arrival) }
    return arrivals
  }
}
