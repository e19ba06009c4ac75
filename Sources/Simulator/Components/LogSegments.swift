/// The files that the log is written to: which of them stand ready, and which have to be made.
///
/// Log is written to files of one size. After a checkpoint, files older than its redo position are
/// renamed to be the next ones, at most as many as the coming cycle is expected to need; log beyond
/// them needs a new file, written full of zeros and flushed while every commit waits (PostgreSQL,
/// xlog.c: XLogFileInit under WALWriteLock, RemoveOldXlogFiles, XLOGfileslop). A receiver of log does
/// the same on its side (walreceiver.c).
package struct LogSegments: Sendable, Hashable {
  /// wal_segment_size, bytes.
  package let size: Int64
  /// The first position that no file is ready for.
  private var ready: Int64
  /// Files that begin before this position are used up, and were kept or recycled.
  private var oldest: Int64 = 0
  /// Files made whose CPU nobody has asked for yet.
  private var uncharged = 0

  /// At position 0, the start of a file.
  package init(size: Int64, ahead: Int64) {
    self.size = size
    ready = 0
    prepare(at: 0, ahead: ahead)
  }

  /// So many bytes of files stand ready beyond the one with `position`.
  mutating func prepare(at position: Int64, ahead: Int64) {
    oldest = position / size * size
    ready = oldest + size + ahead / size * size
  }

  /// How many files have to be made before log up to `position` can be written; they then exist.
  mutating func make(upTo position: Int64) -> Int {
    guard position > ready else { return 0 }
    let missing = (position - ready + size - 1) / size
    ready += missing * size
    uncharged += Int(missing)
    return Int(missing)
  }

  /// How many files have been made since this was asked the last time.
  mutating func takeMade() -> Int {
    defer { uncharged = 0 }
    return uncharged
  }

  /// A checkpoint is over: files before `redo` become the next ones, up to `ahead` bytes beyond it.
  mutating func recycle(redo: Int64, ahead: Int64) {
    let current = redo / size * size
    let old = max(0, current - oldest)
    oldest = max(oldest, current)
    ready = max(ready, min(ready + old, (redo + ahead) / size * size))
  }

  /// Passes over a stretch whose log ends at `position`; its missing files were made in it.
  mutating func skip(upTo position: Int64) {
    _ = make(upTo: position)
    uncharged = 0
  }

  /// Passes over whole checkpoint cycles: afterwards as many files stand ready as before.
  mutating func skipCycles(bytes: Int64) {
    let whole = bytes / size * size
    ready += whole
    oldest += whole
  }

  /// Bytes that can still be written beyond `position` before a file has to be made, 0 where each
  /// file is made when its turn comes.
  func left(beyond position: Int64) -> Int64 {
    let left = ready - position
    return left > size ? left : 0
  }
}
