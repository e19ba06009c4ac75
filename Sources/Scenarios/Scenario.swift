import Gates
import Primitives
import Strategies
import Traffic

/// A validated scenario with every default filled in: what both worlds start from.
package struct Scenario: Sendable {
  package var name: String
  package var description: String
  /// The first one is backfilled.
  package var tables: [Table]
  /// Nil rehearses the traffic alone.
  package var backfill: Backfill?
  /// The preset's name, for people; the knobs are in `strategy`.
  package var strategyPreset: String
  /// The preset is made for another engine or kind of work: its pacing runs over the native batch.
  package var isPacingOnly: Bool
  package var strategy: Configuration
  package var traffic: [TrafficClass]
  package var pools: [Pool]
  package var events: [TimedEvent]
  package var database: Database
  package var gates: [GateRule]
  package var run: RunSettings
  /// Nil where the scenario does not say what to tune.
  package var tune: TuneSettings?
  /// How sure the costs are; each trial takes one vector.
  package var draws: ParameterDraws? = nil
}

package struct Table: Sendable, Hashable {
  package var name: String
  package var rows: Int
  /// Average tuple with its header, bytes.
  package var rowWidth: Int
  /// 10...100.
  package var fillfactor: Int
  package var primaryKey: PrimaryKey
  package var columns: [Column]
  /// Secondary indexes; the primary key's own is not listed.
  package var indexes: [Index]

  package struct PrimaryKey: Sendable, Hashable {
    package enum KeyType: String, Sendable, Hashable, CaseIterable { case bigint, uuid4, uuid7 }
    package enum PhysicalOrder: String, Sendable, Hashable, CaseIterable { case clustered, random }
    package var column: String
    package var type: KeyType
    package var order: PhysicalOrder
    /// Share of the key space between the smallest and largest key that has no row, 0 ..< 1.
    package var gaps: Double
  }
  package struct Column: Sendable, Hashable {
    package var name: String
    package var type: String
    /// Average bytes.
    package var width: Int
    package var distinct: Int?
  }
  package struct Index: Sendable, Hashable {
    package var name: String
    package var columns: [String]
    package var distinct: Int?
    /// A column that the backfill sets is among `columns`.
    package var touchedByBackfill: Bool

    package init(name: String, columns: [String], distinct: Int?, touchedByBackfill: Bool) {
      self.name = name
      self.columns = columns
      self.distinct = distinct
      self.touchedByBackfill = touchedByBackfill
    }
  }
}

package struct Backfill: Sendable, Hashable {
  package var set: [Assignment]
  /// Bytes that the new value adds to a row.
  package var adds: Int
  /// SQL text; nil matches every row.
  package var filter: String?
  package var filterIndexed: Bool
  /// Share of the rows that match the filter, 0...1.
  package var rowsMatching: Double
  package var deadline: TimeSpan?

  package struct Assignment: Sendable, Hashable {
    package var column: String
    package var expression: String
  }
}

package struct Pool: Sendable, Hashable {
  package var name: String
  package var size: Int
  /// A transaction that waits longer for a connection is rejected.
  package var waitTimeout: TimeSpan
}

/// Something that happens at a moment of the run, counted from the backfill's start.
package struct TimedEvent: Sendable, Hashable {
  package enum Effect: Sendable, Hashable {
    /// Someone cancels the backfill.
    case cancel
    /// A knob of the strategy is turned (`path` as written, for people).
    case set(path: String, Setting)
    /// The server's own lock timeout for the application changes; nil waits for ever.
    case setAppLockTimeout(TimeSpan?)
    /// The class's statement timeout changes.
    case setAppTimeout(class: Int?, TimeSpan?)
    /// A class moves to the replica of that index, or to the primary.
    case moveTraffic(class: Int, replica: Int?)
    /// A transaction on the primary holds its snapshot this long.
    case longTransaction(TimeSpan)
    /// The replica disconnects for this long.
    case replicaStop(replica: Int, TimeSpan)
    /// A query on the replica holds its snapshot this long.
    case replicaQuery(replica: Int, TimeSpan)
    /// Every open class (or the one named) arrives `factor` times as often for this long.
    case trafficSurge(class: Int?, factor: Double, TimeSpan)
  }
  package var at: TimeSpan
  package var effect: Effect

  package init(at: TimeSpan, effect: Effect) {
    self.at = at
    self.effect = effect
  }
}

package struct Database: Sendable, Hashable {
  package enum Engine: String, Sendable, Hashable, CaseIterable { case postgresql, mysql, mariadb }
  package enum Cache: String, Sendable, Hashable, CaseIterable { case warm, cold }
  package enum State: String, Sendable, Hashable, CaseIterable { case running, fresh }
  package var engine: Engine
  /// Major version, 13...18.
  package var version: Int
  package var cores: Int
  /// Bytes.
  package var memory: Int
  package var cache: Cache
  package var state: State
  package var storage: Storage
  package var settings: ServerSettings
  package var replicas: [Replica]
  /// Primary, replicas and driver share the same cores and disk; but not a replica that has another number of
  /// cores, or another storage: it is held to them.
  package var colocated: Bool
  /// Between the application and the primary, there and back.
  package var roundTrip: TimeSpan
  package var costs: Costs
  /// How single round trips, reads and writes differ, where a calibration has seen it.
  package var scatter = LatencyScatter()

  package func sharesCores(with replica: Replica) -> Bool {
    colocated && replica.cores == cores
  }

  package func sharesDisk(with replica: Replica) -> Bool {
    colocated && replica.storage == storage
  }

  /// Between the application and the primary, one way.
  package var halfTrip: TimeSpan { TimeSpan(nanoseconds: roundTrip.nanoseconds / 2) }
}

package struct Storage: Sendable, Hashable {
  package struct Burst: Sendable, Hashable {
    /// Operations per second while credits last.
    package var iops: Double
    /// Bucket size in operations; starts full.
    package var credits: Double
  }
  /// Operations per second, sustained.
  package var iops: Double
  /// Bytes per second.
  package var throughput: Double
  package var readLatency: TimeSpan
  package var writeLatency: TimeSpan
  /// Of a write that follows another one at once, `writeLatency` being that of a device which has rested;
  /// nil where that makes no difference.
  package var busyWriteLatency: TimeSpan?
  /// The time constant in which a device comes to rest after its last answer; nil with the former.
  package var restTime: TimeSpan?
  /// For 8 KiB where many requests are under way; nil where `throughput` is all that is known.
  ///
  /// The slower of the two holds.
  package var pageTransfer: TimeSpan?
  package var burst: Burst?
  /// Bytes.
  package var freeSpace: Int?
  /// How long the operating system lets pages stay dirty before it writes them all at once; nil where
  /// it writes early and evenly.
  package var dirtyExpire: TimeSpan?
}

/// The server settings that the model reads; each has PostgreSQL's own meaning and unit.
package struct ServerSettings: Sendable, Hashable {
  package enum SynchronousCommit: String, Sendable, Hashable, CaseIterable {
    case off, local
    case remoteWrite = "remote_write"
    case on
    case remoteApply = "remote_apply"
  }
  package enum WALCompression: String, Sendable, Hashable, CaseIterable {
    case off, pglz, lz4, zstd
  }
  package var sharedBuffers: Int
  package var minWALSize: Int
  package var maxWALSize: Int
  package var checkpointTimeout: TimeSpan
  package var checkpointCompletionTarget: Double
  package var synchronousCommit: SynchronousCommit
  package var fullPageWrites: Bool
  package var walCompression: WALCompression
  package var logicalWAL: Bool
  package var deadlockTimeout: TimeSpan
  /// Zero waits for ever.
  package var lockTimeout: TimeSpan
  package var commitDelay: TimeSpan
  package var autovacuum: Bool
  package var autovacuumNaptime: TimeSpan
  package var autovacuumThreshold: Int
  package var autovacuumScaleFactor: Double
  /// Nil before version 18.
  package var autovacuumMaxThreshold: Int?
  package var autovacuumCostDelay: TimeSpan
  package var autovacuumCostLimit: Int
  package var vacuumCostPageHit: Int
  package var vacuumCostPageMiss: Int
  package var vacuumCostPageDirty: Int
  package var maxConnections: Int
  package var maxStandbyStreamingDelay: TimeSpan
  package var hotStandbyFeedback: Bool
  package var recoveryMinApplyDelay: TimeSpan
  /// Concurrent replay reads: 1 without prefetching.
  package var recoveryPrefetch: Int
}

package struct Replica: Sendable, Hashable {
  package enum Mode: String, Sendable, Hashable, CaseIterable { case async, sync }
  package var name: String
  package var mode: Mode
  /// Bytes per second.
  package var network: Double
  package var roundTrip: TimeSpan
  package var applyCores: Int
  /// The replica's own cores, for replay and its reads.
  package var cores: Int
  /// Defaults to the primary's.
  package var storage: Storage
}

package struct RunSettings: Sendable, Hashable {
  package enum Trials: Sendable, Hashable {
    /// From 30 to 200, until every gate is decided.
    case auto
    case exactly(Int)
  }
  package var seed: UInt64
  package var trials: Trials
  /// 0 ..< 1: the share of trials that have to meet a gate.
  package var assurance: Double
  package var warmup: TimeSpan
  package var before: TimeSpan
  package var after: TimeSpan
  /// Ends a trial that would not end by itself, counted from the backfill's start; nil = auto.
  package var horizon: TimeSpan?
  /// Seconds since midnight at which the backfill starts on the traffic curves.
  package var startAt: Double
}
