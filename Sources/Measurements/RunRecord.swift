import Gates
import Scenarios

/// What one command produced: the document `rehearse.run/1`.
///
/// It holds no time of day and nothing that differs between two runs of the same scenario, seed and
/// build on the same machine: those give the same bytes. Readers ignore keys they do not know.
package struct RunRecord: Sendable, Hashable {
  package static let schemaName = "rehearse.run/1"

  package enum World: String, Sendable, Hashable, Codable, CaseIterable { case simulated, live }

  package struct Host: Sendable, Hashable, Codable {
    package var os: String
    package var arch: String
    package var cpus: Int
    package var memoryBytes: Int
    package init(os: String, arch: String, cpus: Int, memoryBytes: Int) {
      self.os = os
      self.arch = arch
      self.cpus = cpus
      self.memoryBytes = memoryBytes
    }
    enum CodingKeys: String, CodingKey {
      case os, arch, cpus
      case memoryBytes = "memory_bytes"
    }
  }

  /// One resolved value of the scenario, in the order of its schema.
  package struct Setting: Sendable, Hashable, Codable {
    package var path: String
    package var value: String
    package var origin: String
    package init(path: String, value: String, origin: String) {
      self.path = path
      self.value = value
      self.origin = origin
    }
  }

  package struct Warning: Sendable, Hashable, Codable {
    /// `RH` and four digits; empty where there is no page on it.
    package var code: String
    package var message: String
    package init(code: String = "", message: String) {
      self.code = code
      self.message = message
    }
  }

  /// What is known about a run without looking at its trials.
  package struct Header: Sendable, Hashable {
    package var name: String
    package var world: World
    package var modelVersion: Int
    package var seed: UInt64
    /// Of the tool and what it is built with, by name.
    package var versions: [String: String]
    package var host: Host
    package var scenario: [Setting]
    package var assurance: Double
    package var warnings: [Warning]
    /// Nil where costs are defaults, or written by hand.
    package var calibration: UsedCalibration?

    package init(
      name: String, world: World, modelVersion: Int, seed: UInt64, versions: [String: String],
      host: Host, scenario: [Setting], assurance: Double, warnings: [Warning] = [],
      calibration: UsedCalibration? = nil
    ) {
      self.name = name
      self.world = world
      self.modelVersion = modelVersion
      self.seed = seed
      self.versions = versions
      self.host = host
      self.scenario = scenario
      self.assurance = assurance
      self.warnings = warnings
      self.calibration = calibration
    }
  }

  package var header: Header
  /// Trials that the metrics and gates rest on.
  package var trials: Int
  /// False where the run was cut short, by a signal or the time bound.
  package var complete: Bool
  /// True where the horizon ended a trial.
  package var censored: Bool
  /// Of all trials in order, as 16 hexadecimal digits; nil for a live run.
  package var traceHash: String?
  package var gates: [GateResult]
  package var verdict: Verdict
  package var metrics: [RunMetric]
  /// Of a live run only.
  package var driver: DriverReport?
  /// Over time, for charts; nil in runs that are older than this.
  package var course: RunCourse?
  /// How large a batch may be by closed forms; nil where nothing bounds it.
  package var batch: BatchMap?
  /// Trial by trial, for comparisons; nil in runs that are older than this.
  package var samples: TrialSamples?

  /// By its full key, or by a short form that has one meaning (no phase is `during`).
  package func metric(_ key: MetricKey) -> RunMetric? {
    let key = key.resolved
    return metrics.first { $0.metric == key }
  }
}

/// One metric over the trials of a run.
package struct RunMetric: Sendable, Hashable {
  package var metric: MetricKey
  package var unit: String
  /// The mean over trials of that trial's statistic; nil where nothing was measured.
  package var value: Double?
  /// The 95 % interval of the mean.
  package var low: Double?
  package var high: Double?
  /// Trials with a value.
  package var n: Int
  /// Where one future execution falls with 90 %.
  package var predictedLow: Double?
  package var predictedHigh: Double?
}
