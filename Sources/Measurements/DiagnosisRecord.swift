/// What a look at a server found: the document `rehearse.diagnosis/1`.
package struct DiagnosisRecord: Hashable, Sendable, Codable {
  package struct Symptom: Hashable, Sendable, Codable {
    package enum Name: String, Hashable, Sendable, Codable, CaseIterable {
      case lockWaits = "lock_waits"
      case idleInTransaction = "idle_in_transaction"
      case heldHorizon = "held_horizon"
      case connections
      case replicaLag = "replica_lag"
      case retainedLog = "retained_log"
      case archiving, vacuum, deadlocks
    }

    package var id: Name
    package var isPresent: Bool
    /// What was seen, a sentence.
    package var seen: String
    /// Base units in the names, such as `longest_wait_s`.
    package var values: [String: Double]
    /// Who and what, a line each, the worst first.
    package var evidence: [String]
    /// Why it is so; empty where the symptom is absent.
    package var cause: String
    /// What to do, in order; SQL as it may be sent.
    package var mitigation: [String]

    package init(
      _ id: Name, isPresent: Bool, seen: String, values: [String: Double] = [:],
      evidence: [String] = [], cause: String = "", mitigation: [String] = []
    ) {
      self.id = id
      self.isPresent = isPresent
      self.seen = seen
      self.values = values
      self.evidence = evidence
      self.cause = isPresent ? cause : ""
      self.mitigation = isPresent ? mitigation : []
    }

    enum CodingKeys: String, CodingKey {
      case id, seen, values, evidence, cause, mitigation
      case isPresent = "present"
    }
  }

  package var schema = "rehearse.diagnosis/1"
  /// Without passwords.
  package var target: String
  package var serverVersion: String
  /// Seconds between the two looks that rates rest on.
  package var interval: Double
  package var symptoms: [Symptom] = []
  /// What could not be read, and why, a sentence each.
  package var unknown: [String] = []

  package init(target: String, serverVersion: String, interval: Double) {
    self.target = target
    self.serverVersion = serverVersion
    self.interval = interval
  }

  enum CodingKeys: String, CodingKey {
    case schema, target, symptoms, unknown
    case serverVersion = "server_version"
    case interval = "interval_s"
  }
}
