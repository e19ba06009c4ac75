import Primitives

/// Who holds which row and who waits for it.
///
/// Uncontended locks of traffic have a record each; the rows of a running batch do not (its
/// frontier stands for them) until somebody waits for one. All row locks exclude each other: the
/// modes that the model's statements take (NO KEY UPDATE, UPDATE) do (README.tuplock).
package struct RowLocks: ~Copyable {
  struct Lock: BitwiseCopyable {
    var name: RowName
    var holder: Int32
    /// First and last waiter, linked through `Waiting.next`; −1 for none.
    var firstWaiter: Int32 = -1
    var lastWaiter: Int32 = -1
    var waiters: Int32 = 0
    /// The next lock of the same holder; −1 ends the list.
    var nextHeld: Int32 = -1
    /// The holder wrote a new row version, so that all waiters but the first have lost their place.
    var handedOver = false
    /// The holder only locks (SELECT FOR UPDATE): waiters keep their order.
    var lockOnly = false
  }
  /// What a process is to the lock table.
  struct Waiting: BitwiseCopyable {
    var lock: Int32 = -1
    var next: Int32 = -1
    var heldHead: Int32 = -1
  }

  private(set) var locks = Slab<Lock>(capacity: 1024)
  private var index = LockIndex()
  private var processes = OwnedArray<Waiting>()
  private(set) var waiting = 0

  /// The number of rows with a lock record.
  var count: Int { index.count }

  package init() {}

  package mutating func admit(_ process: Int32) {
    processes.extend(to: Int(process) + 1, with: Waiting())
    processes[Int(process)] = Waiting()
  }

  package func lock(of name: RowName) -> Int32? { index.find(name) }
  /// The lock that the process waits for.
  func awaited(by process: Int32) -> Int32? {
    let lock = processes[Int(process)].lock
    return lock < 0 ? nil : lock
  }
  func holder(of lock: Int32) -> Int32 { locks[lock].holder }
  /// Says whether the holder, who locks the row again, has still not written it.
  func relock(_ lock: Int32, lockOnly: Bool) { locks[lock].lockOnly = lockOnly }
  /// The process that stands between this one and its row.
  func blocker(of process: Int32) -> Int32? { awaited(by: process).map { locks[$0].holder } }

  /// The locks with a record on rows of a table, in the order of their ids.
  ///
  /// - Complexity: O(most locks that were ever held at a time).
  func held(inTable table: Int) -> [(lock: Int32, ordinal: Int, holder: Int32)] {
    (0..<Int32(locks.used)).compactMap { id in
      let lock = locks[id]
      // A record that was removed keeps its name until another takes its place.
      guard lock.name.table == table, index.find(lock.name) == id else { return nil }
      return (id, lock.name.ordinal, lock.holder)
    }
  }

  /// Takes a free row.
  package mutating func take(_ name: RowName, by holder: Int32, lockOnly: Bool = false) -> Int32 {
    var lock = Lock(name: name, holder: holder)
    lock.lockOnly = lockOnly
    lock.nextHeld = processes[Int(holder)].heldHead
    let id = locks.insert(lock)
    processes[Int(holder)].heldHead = id
    index.insert(name, id)
    return id
  }

  package mutating func wait(_ process: Int32, for lock: Int32) {
    processes[Int(process)].lock = lock
    processes[Int(process)].next = -1
    let last = locks[lock].lastWaiter
    if last < 0 {
      locks[lock].firstWaiter = process
    } else {
      processes[Int(last)].next = process
    }
    locks[lock].lastWaiter = process
    locks[lock].waiters += 1
    waiting += 1
  }

  /// The process gives up waiting (timeout, deadlock, cancel).
  package mutating func withdraw(_ process: Int32) {
    let lock = processes[Int(process)].lock
    guard lock >= 0 else { return }
    unlink(process, from: lock)
  }

  private mutating func unlink(_ process: Int32, from lock: Int32) {
    var previous: Int32 = -1
    var current = locks[lock].firstWaiter
    while current != process {
      previous = current
      current = processes[Int(current)].next
    }
    let next = processes[Int(process)].next
    if previous < 0 { locks[lock].firstWaiter = next } else { processes[Int(previous)].next = next }
    if locks[lock].lastWaiter == process { locks[lock].lastWaiter = previous }
    locks[lock].waiters -= 1
    processes[Int(process)].lock = -1
    processes[Int(process)].next = -1
    waiting -= 1
  }

  /// The locks a process holds, newest first, as ids; the caller releases each.
  package func firstHeld(by process: Int32) -> Int32? {
    let head = processes[Int(process)].heldHead
    return head < 0 ? nil : head
  }

  /// Releases the holder's newest lock and hands the row to a waiter.
  ///
  /// Where the holder committed a new row version (`newVersion`), the first waiter is next, and after
  /// it a random one (`draw`): the others have followed the version chain and wait without order.
  /// Returns the released row, and the process that holds it now.
  package mutating func releaseNewest(
    of holder: Int32, newVersion: Bool, queueing: Engine.Queueing, draw: (RowName) -> UInt64
  ) -> (name: RowName, next: Int32?) {
    let id = processes[Int(holder)].heldHead
    let lock = locks[id]
    processes[Int(holder)].heldHead = lock.nextHeld
    guard lock.waiters > 0 else {
      index.remove(lock.name)
      locks.remove(id)
      return (lock.name, nil)
    }
    let ordered = queueing == .fifo || !lock.handedOver
    let next = ordered ? lock.firstWaiter : waiter(of: id, at: draw(lock.name))
    unlink(next, from: id)
    locks[id].holder = next
    locks[id].handedOver = lock.handedOver || newVersion && !lock.lockOnly
    locks[id].lockOnly = false
    locks[id].nextHeld = processes[Int(next)].heldHead
    processes[Int(next)].heldHead = id
    return (lock.name, next)
  }

  private func waiter(of lock: Int32, at draw: UInt64) -> Int32 {
    var skips = Int(draw % UInt64(locks[lock].waiters))
    var current = locks[lock].firstWaiter
    while skips > 0 {
      current = processes[Int(current)].next
      skips -= 1
    }
    return current
  }

  /// True where following blockers from the process leads back to it.
  ///
  /// - Complexity: O(length of the chain); each process waits for one row, a row has one holder.
  package func isDeadlocked(_ process: Int32) -> Bool {
    var current = process
    for _ in 0...waiting {
      guard let next = blocker(of: current) else { return false }
      if next == process { return true }
      current = next
    }
    return false
  }
}
