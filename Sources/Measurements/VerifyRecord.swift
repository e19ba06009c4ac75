import Gates

/// What was found when a backfilled table was checked: the document `rehearse.verify/1`.
package struct VerifyRecord: Hashable, Sendable, Codable {
  package static let schemaName = "rehearse.verify/1"

  package struct Check: Hashable, Sendable, Codable {
    package enum Name: String, Hashable, Sendable, Codable, CaseIterable {
      case rows, checksum
      case nullFallbacks = "null_fallbacks"
      case mismatches
      case cacheMisses = "cache_misses"
      case replicas
      case retainedLog = "retained_log"
      case errorRate = "error_rate"
    }

    package var id: Name
    /// `none` where there was nothing to judge by.
    package var verdict: Verdict
    /// In `unit`; nil where nothing could be measured.
    package var measured: Double?
    package var unit: String
    /// What it should have been, in words; empty where nothing was expected.
    package var expected: String
    /// What was found, or why it could not be, a sentence or two.
    package var detail: String
    /// What to do; empty where there is nothing to be done.
    package var help: String

    package init(
      _ id: Name, _ verdict: Verdict, measured: Double? = nil, unit: String = "count",
      expected: String = "", detail: String, help: String = ""
    ) {
      self.id = id
      self.verdict = verdict
      self.measured = measured
      self.unit = unit
      self.expected = expected
      self.detail = detail
      self.help = help
    }
  }

  /// Rows with keys above the last range's end, up to and including its own.
  package struct Range: Hashable, Sendable, Codable {
    /// As the server writes it.
    package var upTo: String
    package var rows: Int
    /// Sums of the rows' 64-bit hashes, which do not depend on the order: of whole rows, and of the
    /// columns that the backfill does not write; decimal, since they are larger than 64 bits.
    package var rowsSum: String
    package var keptSum: String

    package init(upTo: String, rows: Int, rowsSum: String, keptSum: String) {
      self.upTo = upTo
      self.rows = rows
      self.rowsSum = rowsSum
      self.keptSum = keptSum
    }

    enum CodingKeys: String, CodingKey {
      case rows
      case upTo = "up_to"
      case rowsSum = "rows_sum"
      case keptSum = "kept_sum"
    }
  }

  package var schema = Self.schemaName
  /// The scenario's.
  package var name: String
  package var table: String
  /// Without passwords.
  package var target: String
  /// The server whose rows were read.
  package var read: String
  package var serverVersion: String
  /// How a row's hash is made: sums compare only where this and the server's major version agree.
  package var hash: String
  package var ranges: [Range] = []
  package var checks: [Check] = []

  package init(
    name: String, table: String, target: String, read: String, serverVersion: String, hash: String
  ) {
    self.name = name
    self.table = table
    self.target = target
    self.read = read
    self.serverVersion = serverVersion
    self.hash = hash
  }

  package var rows: Int { ranges.reduce(0) { $0 + $1.rows } }

  package var verdict: Verdict {
    let verdicts = checks.map(\.verdict)
    if verdicts.contains(.fail) { return .fail }
    if verdicts.contains(.inconclusive) { return .inconclusive }
    return verdicts.contains(.pass) ? .pass : .none
  }

  enum CodingKeys: String, CodingKey {
    case schema, name, table, target, read, hash, ranges, checks, verdict, rows
    case serverVersion = "server_version"
  }

  package func encode(to encoder: any Encoder) throws {
    var object = encoder.container(keyedBy: CodingKeys.self)
    try object.encode(schema, forKey: .schema)
    try object.encode(name, forKey: .name)
    try object.encode(table, forKey: .table)
    try object.encode(target, forKey: .target)
    try object.encode(read, forKey: .read)
    try object.encode(serverVersion, forKey: .serverVersion)
    try object.encode(hash, forKey: .hash)
    try object.encode(rows, forKey: .rows)
    try object.encode(ranges, forKey: .ranges)
    try object.encode(checks, forKey: .checks)
    try object.encode(verdict, forKey: .verdict)
  }

  package init(from decoder: any Decoder) throws {
    let object = try decoder.container(keyedBy: CodingKeys.self)
    schema = try object.decode(String.self, forKey: .schema)
    guard schema == Self.schemaName else {
      throw DecodingError.dataCorruptedError(
        forKey: .schema, in: object,
        debugDescription: "expected \"\(Self.schemaName)\", found \"\(schema)\"")
    }
    name = try object.decode(String.self, forKey: .name)
    table = try object.decode(String.self, forKey: .table)
    target = try object.decode(String.self, forKey: .target)
    read = try object.decode(String.self, forKey: .read)
    serverVersion = try object.decode(String.self, forKey: .serverVersion)
    hash = try object.decode(String.self, forKey: .hash)
    ranges = try object.decode([Range].self, forKey: .ranges)
    checks = try object.decode([Check].self, forKey: .checks)
  }
}
