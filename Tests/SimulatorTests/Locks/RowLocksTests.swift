import Testing

@testable import Simulator

@Suite("Row locks")
struct RowLocksTests {
  private let row = RowName(table: 0, ordinal: 7)

  /// Process 0 holds the row, 1, 2, 3 and 4 wait for it in this order.
  private func queue(lockOnly: Bool = false) -> RowLocks {
    var locks = RowLocks()
    for process in 0..<6 { locks.admit(Int32(process)) }
    let lock = locks.take(row, by: 0, lockOnly: lockOnly)
    for process in 1...4 { locks.wait(Int32(process), for: lock) }
    return locks
  }

  private func release(
    _ locks: inout RowLocks, of holder: Int32, newVersion: Bool = true, draw: UInt64
  ) -> Int32? {
    locks.releaseNewest(
      of: holder, newVersion: newVersion, queueing: .firstThenRandom, draw: { _ in draw }
    ).next
  }

  @Test("After a new version the first waiter is next, then whoever is drawn")
  func firstThenRandom() {
    var locks = queue()
    #expect(release(&locks, of: 0, draw: 2) == 1)
    // 2, 3 and 4 are left; draw 2 is the third of them.
    #expect(release(&locks, of: 1, draw: 2) == 4)
    #expect(release(&locks, of: 4, draw: 2) == 2)
    #expect(release(&locks, of: 2, draw: 5) == 3)
    #expect(locks.waiting == 0)
    #expect(release(&locks, of: 3, draw: 0) == nil)
    #expect(locks.count == 0)
  }

  @Test("Behind holders that only lock, waiters keep their order")
  func lockOnly() throws {
    var locks = queue(lockOnly: true)
    let found = locks.lock(of: row)
    let lock = try #require(found)
    #expect(release(&locks, of: 0, draw: 3) == 1)
    locks.relock(lock, lockOnly: true)
    #expect(release(&locks, of: 1, draw: 2) == 2)
    locks.relock(lock, lockOnly: true)
    #expect(release(&locks, of: 2, draw: 1) == 3)
    #expect(release(&locks, of: 3, draw: 0) == 4)
  }

  @Test("A row that is locked first and written then is handed on as a written one")
  func lockedThenWritten() throws {
    var locks = queue(lockOnly: true)
    let found = locks.lock(of: row)
    locks.relock(try #require(found), lockOnly: false)
    #expect(release(&locks, of: 0, draw: 2) == 1)
    #expect(release(&locks, of: 1, draw: 2) == 4)
  }

  @Test("A holder that rolls back leaves the order of the queue as it is")
  func rollback() {
    var locks = queue()
    #expect(release(&locks, of: 0, newVersion: false, draw: 3) == 1)
    #expect(release(&locks, of: 1, newVersion: false, draw: 2) == 2)
  }

  @Test("A fifo engine never draws")
  func fifo() {
    var locks = queue()
    var order: [Int32] = []
    var holder: Int32? = 0
    while let current = holder {
      holder =
        locks.releaseNewest(of: current, newVersion: true, queueing: .fifo, draw: { _ in 1 }).next
      if let holder { order.append(holder) }
    }
    #expect(order == [1, 2, 3, 4])
  }

  @Test(
    "Whoever gives up leaves the queue of the others whole",
    arguments: [(1, [2, 3, 4]), (3, [1, 2, 4]), (4, [1, 2, 3])] as [(Int32, [Int32])])
  func withdraw(leaver: Int32, rest: [Int32]) {
    var locks = queue(lockOnly: true)
    locks.withdraw(leaver)
    #expect(locks.waiting == 3)
    #expect(locks.awaited(by: leaver) == nil)
    // A newcomer joins at the end.
    if let lock = locks.lock(of: row) { locks.wait(5, for: lock) }
    var order: [Int32] = []
    var holder: Int32? = 0
    while let current = holder {
      holder = release(&locks, of: current, newVersion: false, draw: 0)
      if let holder { order.append(holder) }
    }
    #expect(order == rest + [5])
  }

  @Test("Withdrawing twice, or without waiting, changes nothing")
  func withdrawTwice() {
    var locks = queue()
    locks.withdraw(2)
    locks.withdraw(2)
    locks.withdraw(5)
    #expect(locks.waiting == 3)
  }

  @Test("Locks are released newest first, each to its own waiter")
  func severalRows() {
    var locks = RowLocks()
    for process in 0..<3 { locks.admit(Int32(process)) }
    let first = locks.take(RowName(table: 0, ordinal: 1), by: 0)
    _ = locks.take(RowName(table: 1, ordinal: 1), by: 0)
    locks.wait(2, for: first)
    let newest = locks.releaseNewest(
      of: 0, newVersion: true, queueing: .firstThenRandom, draw: { _ in 0 })
    #expect(newest.name == RowName(table: 1, ordinal: 1))
    #expect(newest.next == nil)
    let oldest = locks.releaseNewest(
      of: 0, newVersion: true, queueing: .firstThenRandom, draw: { _ in 0 })
    #expect(oldest.name == RowName(table: 0, ordinal: 1))
    #expect(oldest.next == 2)
    #expect(locks.firstHeld(by: 0) == nil)
    #expect(locks.holder(of: first) == 2)
  }

  @Test("A circle of three waiters is a deadlock for each of them, a chain is none")
  func deadlock() {
    var locks = RowLocks()
    for process in 0..<4 { locks.admit(Int32(process)) }
    let rows = (0..<3).map { locks.take(RowName(table: 0, ordinal: $0), by: Int32($0)) }
    locks.wait(0, for: rows[1])
    locks.wait(1, for: rows[2])
    locks.wait(3, for: rows[0])
    #expect([0, 1, 3].allSatisfy { !locks.isDeadlocked($0) })
    locks.wait(2, for: rows[0])
    #expect([0, 1, 2].allSatisfy { locks.isDeadlocked($0) })
    // It waits for the circle, but is not on it.
    let isOnCircle = locks.isDeadlocked(3)
    #expect(!isOnCircle)
    locks.withdraw(1)
    #expect([0, 1, 2, 3].allSatisfy { !locks.isDeadlocked($0) })
  }
}
