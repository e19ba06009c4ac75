/// The calibration that a scenario was read with, and how far the scenario leaves it.
package struct UsedCalibration: Sendable, Hashable, Codable {
  package struct Distance: Sendable, Hashable, Codable {
    /// As in `Extrapolation.Dimension`.
    package var dimension: String
    package var factor: Double
    package var reach: Double
    package var beyondReach: Bool

    enum CodingKeys: String, CodingKey {
      case dimension, factor, reach
      case beyondReach = "beyond_reach"
    }
  }
  package var path: String
  package var engine: String
  package var version: String
  package var modelVersion: Int
  package var created: String
  package var cores: Int
  package var extrapolation: [Distance]

  enum CodingKeys: String, CodingKey {
    case path, engine, version, created, cores, extrapolation
    case modelVersion = "model_version"
  }

  init(_ layer: CalibrationLayer, _ scenario: Scenario) {
    path = layer.path
    engine = layer.file.engine
    version = layer.file.version
    modelVersion = layer.file.modelVersion
    created = layer.file.created
    cores = layer.file.instance.cores
    extrapolation = Extrapolation.of(scenario, from: layer.file).map {
      Distance(
        dimension: $0.dimension.rawValue, factor: $0.factor, reach: $0.reach,
        beyondReach: $0.isBeyondReach)
    }
  }

  /// A verdict rests on more than was measured: it is at best inconclusive.
  package var isBeyondReach: Bool { extrapolation.contains(where: \.beyondReach) }
}
