import Foundation

/// What a server was measured to cost, with how sure that is: the document `rehearse.calibration/1`.
///
/// A calibration holds *costs* (times, shares); how many cores or operations there are belongs to the
/// scenario. Readers ignore keys they do not know, but never a parameter they do not know.
package struct CalibrationFile: Sendable, Hashable, Codable {
  package static let schemaName = "rehearse.calibration/1"

  /// What is true of the engine's version everywhere, and what only of that machine.
  package enum Half: String, Sendable, Hashable, Codable, CaseIterable { case portable, machine }

  package struct Parameter: Sendable, Hashable, Codable {
    package var value: Double
    /// `s` for times, `1` for shares.
    package var unit: String
    /// The 90 % interval of the value.
    package var low: Double
    package var high: Double
    package var half: Half
    /// How it was obtained, a sentence.
    package var method: String
    /// Of the single measurements, by share such as `0.5`; nil where one number says it all.
    package var quantiles: [String: Double]?

    package init(
      value: Double, unit: String, low: Double, high: Double, half: Half, method: String,
      quantiles: [String: Double]? = nil
    ) {
      self.value = value
      self.unit = unit
      self.low = low
      self.high = high
      self.half = half
      self.method = method
      self.quantiles = quantiles
    }
  }

  /// Vectors of parameters that belong together: a trial draws one of them.
  package struct Joint: Sendable, Hashable, Codable {
    package var parameters: [String]
    package var draws: [[Double]]

    package init(
      parameters: [String], draws: [[Double]]
    ) {
      self.parameters = parameters
      self.draws = draws
    }
  }

  /// Something the model computes by itself, beside what the server did.
  package struct Observation: Sendable, Hashable, Codable {
    package var value: Double
    package var unit: String
    /// What the model gives for the same; nil where it has no such number.
    package var model: Double?
    package var half: Half
    package var method: String

    package init(
      value: Double, unit: String, model: Double? = nil, half: Half, method: String
    ) {
      self.value = value
      self.unit = unit
      self.model = model
      self.half = half
      self.method = method
    }
  }

  package struct Instance: Sendable, Hashable, Codable {
    package var os: String
    package var cpu: String
    package var cores: Int
    package var memoryBytes: Int
    /// The server's settings that its costs depend on.
    package var settings: [String: String]

    package init(
      os: String, cpu: String, cores: Int, memoryBytes: Int, settings: [String: String]
    ) {
      self.os = os
      self.cpu = cpu
      self.cores = cores
      self.memoryBytes = memoryBytes
      self.settings = settings
    }

    enum CodingKeys: String, CodingKey {
      case os, cpu, cores, settings
      case memoryBytes = "memory_bytes"
    }
  }

  /// Between which values one dimension of a scenario was covered, and how far beyond them the
  /// parameters are taken to hold, as a factor.
  package struct Extent: Sendable, Hashable, Codable {
    package var from: Double
    package var to: Double
    package var reach: Double

    package init(
      from: Double, to: Double, reach: Double
    ) {
      self.from = from
      self.to = to
      self.reach = reach
    }
  }

  package var schema = Self.schemaName
  package var engine: String
  /// The server's own, such as 15.18.
  package var version: String
  /// Of the model whose parameters these are.
  package var modelVersion: Int
  /// When it was measured, ISO 8601.
  package var created: String
  /// Of the tool.
  package var rehearse: String
  package var instance: Instance
  package var parameters: [String: Parameter]
  package var joint: Joint?
  package var observations: [String: Observation]
  /// By the names of `Extrapolation.Dimension`.
  package var scope: [String: Extent]
  package var warnings: [String]

  enum CodingKeys: String, CodingKey {
    case schema, engine, version, created, rehearse, instance, parameters, joint, observations
    case scope, warnings
    case modelVersion = "model_version"
  }
}

extension CalibrationFile {
  package init(
    engine: String, version: String, modelVersion: Int, created: String, rehearse: String,
    instance: Instance
  ) {
    self.engine = engine
    self.version = version
    self.modelVersion = modelVersion
    self.created = created
    self.rehearse = rehearse
    self.instance = instance
    parameters = [:]
    observations = [:]
    scope = [:]
    warnings = []
  }

  /// The document as text, in one order of keys.
  package func text() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    let lines = String(decoding: try encoder.encode(self), as: UTF8.self)
    // One draw a line: hundreds of them a number a line are thousands of lines nobody reads.
    return lines.replacing(/\[\s+(-?[0-9][^\[\]"{}]*?)\s+\]/) { match in
      "[" + match.1.split(whereSeparator: \.isWhitespace).joined(separator: " ") + "]"
    } + "\n"
  }
}
