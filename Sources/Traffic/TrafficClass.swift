import Primitives

/// One kind of application transaction: when it arrives, what it does, which keys it touches.
package struct TrafficClass: Hashable, Sendable, Codable {
  package var name: String
  package var arrivals: Arrivals
  /// Multiplies the rate over the time of day, linear between points; empty means 1 throughout.
  package var curve: [CurvePoint]
  /// Nil runs on the primary, else on the replica of that index.
  package var replica: Int?
  package var statements: [Statement]
  package var keys: KeyDistribution
  /// Hot keys are spread over the table by a keyed permutation instead of lying at its start.
  package var scatter: Bool
  /// Application time inside the transaction, between statements.
  package var think: TimeSpan
  /// The client cancels after this long since the intended arrival.
  package var timeout: TimeSpan?
  package var retry: Retry
  /// Index into the scenario's pools.
  package var pool: Int

  package init(
    name: String, arrivals: Arrivals, curve: [CurvePoint] = [], replica: Int? = nil,
    statements: [Statement], keys: KeyDistribution = .uniform, scatter: Bool = true,
    think: TimeSpan = .zero, timeout: TimeSpan? = nil, retry: Retry = Retry(), pool: Int = 0
  ) {
    self.name = name
    self.arrivals = arrivals
    self.curve = curve
    self.replica = replica
    self.statements = statements
    self.keys = keys
    self.scatter = scatter
    self.think = think
    self.timeout = timeout
    self.retry = retry
    self.pool = pool
  }

  package enum Arrivals: Hashable, Sendable, Codable {
    /// Open: arrivals do not wait for answers. `rate` per second where the curve is 1.
    case open(rate: Double, process: Process)
    /// Closed: each client starts its next transaction `thinkBetween` (exponential) after the last.
    case closed(clients: Int, thinkBetween: TimeSpan)
  }

  package enum Process: Hashable, Sendable, Codable {
    case poisson
    case constant
    /// Independent gamma-distributed gaps with this coefficient of variation.
    case gamma(cv: Double)
  }

  package struct CurvePoint: Hashable, Sendable, Codable {
    /// Seconds since midnight, 0 ..< 86,400.
    package var timeOfDay: Double
    package var factor: Double
    package init(timeOfDay: Double, factor: Double) {
      self.timeOfDay = timeOfDay
      self.factor = factor
    }
  }

  package struct Retry: Hashable, Sendable, Codable {
    /// Further tries after a timeout, a lock timeout, a deadlock or a rejection.
    package var max: Int
    package var backoff: TimeSpan
    package init(max: Int = 0, backoff: TimeSpan = .milliseconds(100)) {
      self.max = max
      self.backoff = backoff
    }
  }
}

/// One statement of a transaction.
package struct Statement: Hashable, Sendable, Codable {
  package enum Kind: String, Hashable, Sendable, Codable, CaseIterable {
    case select
    case selectForUpdate = "select_for_update"
    case insert, update, delete
  }
  package enum Access: Hashable, Sendable, Codable {
    case primaryKey
    /// Index into the table's secondary indexes.
    case index(Int)
    case sequentialScan
  }
  /// Which of the transaction's keys the statement uses.
  package enum Pick: String, Hashable, Sendable, Codable, CaseIterable {
    /// The transaction's one draw for this table.
    case same
    /// A further draw of its own.
    case another
  }
  package var kind: Kind
  /// Index into the scenario's tables.
  package var table: Int
  /// Rows touched.
  ///
  /// By primary key the rows after the first are further draws, locked in key order; by index they
  /// are consecutive entries.
  package var rows: Int
  package var access: Access
  package var pick: Pick
  /// True where a column of some index changes value, so that the update cannot be HOT.
  package var touchesIndexedColumn: Bool
  /// Columns that an update writes, as the scenario names them; empty leaves the choice open.
  package var set: [String]
  /// Its own words where it comes from a script; nil leaves them open.
  package var script: ScriptText?

  package init(
    kind: Kind, table: Int = 0, rows: Int = 1, access: Access = .primaryKey, pick: Pick = .same,
    touchesIndexedColumn: Bool = false, set: [String] = [], script: ScriptText? = nil
  ) {
    self.kind = kind
    self.table = table
    self.rows = rows
    self.access = access
    self.pick = pick
    self.touchesIndexedColumn = touchesIndexedColumn
    self.set = set
    self.script = script
  }
}

package enum KeyDistribution: Hashable, Sendable, Codable {
  case uniform
  /// Rank k is drawn with probability proportional to k^−s, s > 0.
  case zipf(s: Double)
  /// A `fraction` of the rows receives a `share` of the draws.
  case hotspot(fraction: Double, share: Double)
  /// Zipf over the distance from the newest row.
  case latest(s: Double)
}
