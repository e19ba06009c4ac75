/// How many changed pages a server has to write itself to make room for others in its shared buffers.
///
/// A page takes an empty buffer or one whose page is as on disk; once a backfill has been through as many pages
/// as there are buffers, what has gone longest without use is a page that it changed, which is written first
/// (GetVictimBuffer in bufmgr.c). That goes to the operating system's cache and costs CPU, on a replica in the one
/// process that replays. What background writer and checkpointer write before is left out: at most 500 pages
/// a second (`bgwriter_lru_maxpages`), where a backfill needs thousands; measured, a standby that replayed
/// 4 GB over 2.3 GB of table with 1 GB of buffers wrote 573,000 pages, one for each that came.
struct BufferReplacement {
  private var unchanged: Double

  init(buffers bytes: Int) { unchanged = Double(bytes / RowLayout.pageBytes) }

  /// Pages to write where so many come that no buffer holds.
  mutating func written(for coming: Double) -> Double {
    let taken = min(unchanged, coming)
    unchanged -= taken
    return coming - taken
  }
}
