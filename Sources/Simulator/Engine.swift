/// How one kind of database server behaves: a value the model switches on, not a second model.
///
/// Model code asks these questions and names no engine.
package struct Engine: Sendable, Hashable {
  /// Who gets a row next when its holder commits.
  package enum Queueing: Sendable { case firstThenRandom, fifo, cats }
  /// When a deadlock is looked for.
  package enum Detection: Sendable { case timer, immediate }
  /// Where old row versions live.
  package enum Versions: Sendable { case heap, undo }
  package enum Log: Sendable { case walWithPageImages, redoAndBinlog }
  /// When a replica gets a transaction's log.
  package enum Shipping: Sendable { case asFlushed, atCommit }
  package enum Apply: Sendable { case serial, parallel }
  /// Which rows a statement locks.
  package enum LockScope: Sendable { case matching, scanned }
  /// What a lock timeout undoes.
  package enum OnTimeout: Sendable { case abortTransaction, rollbackStatement }

  package var queueing: Queueing
  package var detection: Detection
  package var versions: Versions
  package var log: Log
  package var shipping: Shipping
  package var apply: Apply
  package var lockScope: LockScope
  package var onTimeout: OnTimeout

  /// Rows: heapam.c and README.tuplock (first waiter holds the tuple lock, the rest wake together);
  /// deadlocks: proc.c; log: xlog.c; shipping: walsender.c; replay: one startup process.
  package static let postgreSQL = Engine(
    queueing: .firstThenRandom, detection: .timer, versions: .heap, log: .walWithPageImages,
    shipping: .asFlushed, apply: .serial, lockScope: .matching, onTimeout: .abortTransaction)
}
