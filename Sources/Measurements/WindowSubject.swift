import Gates
import Primitives

extension WindowedStatistic {
  /// What the windows of a gate look at.
  struct Subject: Sendable {
    enum Source: Hashable, Sendable {
      /// Of the class with that index, or of all.
      case latency(class: Int?)
      case unserved(class: Int?)
      case lockWait(Waiter?)
      case lag(replica: Int)

      /// Lock waits too: a window stays open while its transactions run.
      func countsClass(_ index: Int) -> Bool {
        switch self {
        case .latency(let only), .unserved(let only): only.map { $0 == index } ?? true
        case .lockWait(let who): who != .backfill
        case .lag: false
        }
      }

      func countsWaits(of waiter: Waiter) -> Bool {
        guard case .lockWait(let who) = self else { return false }
        return who.map { $0 == waiter } ?? true
      }
    }
    var source: Source
    var statistic: Statistic
    var phases: [Phase]

    /// Nil where the window holds too few samples.
    func value(of window: Window) -> Double? {
      let fewest = statistic.fewestSamples * Int(WindowedStatistic.grain)
      return switch source {
      case .latency:
        window.distribution.count >= fewest
          ? statistic.of(window.distribution) : nil
      case .unserved:
        window.counted >= fewest ? Double(window.unserved) / Double(window.counted) : nil
      case .lockWait:
        window.distribution.count > 0
          ? statistic.of(window.distribution) : window.counted > 0 ? 0 : nil
      case .lag:
        switch statistic {
        case .mean: window.lag.mean
        case .max: window.lag.peak.map { Double($0.nanoseconds) / 1e9 }
        default: statistic.quantile.flatMap { window.lag.quantile($0) }
        }
      }
    }
  }

  /// The windows of a gate: one series, or one for each replica where none is named.
  ///
  /// Empty for a gate without a window and for a metric that has no windowed statistic.
  static func series(for gate: Int, plan: Recorder.Plan) -> [WindowedStatistic] {
    let rule = plan.gates[gate]
    guard let window = rule.window, window.every > .zero else { return [] }
    return subjects(of: rule.metric, plan: plan).map {
      WindowedStatistic(gate: gate, window, of: $0, comparison: rule.comparison)
    }
  }

  private static func subjects(of metric: MetricKey, plan: Recorder.Plan) -> [Subject] {
    let phases = [Phase.allCases.first { $0.name == metric["phase"] } ?? .during]
    let classes = index(of: metric["class"], in: plan.classes)
    if let statistic = Statistic(metric: metric.name, family: "app.latency") {
      return classes.map {
        [Subject(source: .latency(class: $0), statistic: statistic, phases: phases)]
      } ?? []
    }
    if metric.name == "app.unserved_ratio" {
      return classes.map {
        [Subject(source: .unserved(class: $0), statistic: .mean, phases: phases)]
      } ?? []
    }
    if let statistic = Statistic(metric: metric.name, family: "locks.wait") {
      let who = metric["who"].map { name in Waiter.allCases.first { "\($0)" == name } }
      return [Subject(source: .lockWait(who ?? nil), statistic: statistic, phases: phases)]
    }
    if let statistic = Statistic(metric: metric.name, family: "replica.lag") {
      return plan.replicas.indices
        .filter { metric["replica"] == nil || metric["replica"] == plan.replicas[$0] }
        .map {
          Subject(source: .lag(replica: $0), statistic: statistic, phases: [.during, .after])
        }
    }
    return []
  }

  /// `.some(nil)` where no name is asked for, nil where the name is unknown.
  private static func index(of name: String?, in names: [String]) -> Int?? {
    guard let name else { return .some(nil) }
    return names.firstIndex(of: name).map { .some($0) }
  }
}
