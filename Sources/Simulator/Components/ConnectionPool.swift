import EventKernel
import Primitives

/// A fixed number of connections, handed out in the order of asking.
///
/// Who finds none waits in line, at most `waitTimeout`, then is turned away. A connection that comes
/// back goes straight to the head of the line. With no patience at all this is a loss system.
package struct ConnectionPool: ~Copyable {
  package enum Answer: Sendable, Hashable { case connected, waiting, rejected }

  package struct Statistics: Sendable {
    package internal(set) var requests = 0
    /// Requests that got a connection, at once or after a wait.
    package internal(set) var served = 0
    package internal(set) var rejected = 0
    /// Waiters that left by themselves.
    package internal(set) var abandoned = 0
    package internal(set) var inUse = TimeWeighted()
    package internal(set) var waiting = TimeWeighted()
  }

  package let id: Int16
  package let size: Int
  package let waitTimeout: TimeSpan
  package private(set) var statistics = Statistics()

  private var line = WaitingLine<Int32>()
  /// By process: the end of its patience while it waits.
  private var timeouts = OwnedArray<EventToken>()

  package init(id: Int16, size: Int, waitTimeout: TimeSpan) {
    precondition(size > 0 && waitTimeout >= .zero)
    self.id = id
    self.size = size
    self.waitTimeout = waitTimeout
  }

  /// The process asks for a connection.
  package mutating func request(_ process: Int32, in calendar: inout Calendar) -> Answer {
    statistics.requests += 1
    if statistics.inUse.value < size {
      statistics.inUse.add(1, at: calendar.now)
      statistics.served += 1
      return .connected
    }
    if waitTimeout == .zero {
      statistics.rejected += 1
      return .rejected
    }
    if Int(process) >= timeouts.count { reserve(processes: max(64, Int(process) * 2)) }
    if waitTimeout < .forever {
      timeouts[Int(process)] = calendar.post(
        .poolWaitTimedOut(pool: id, waiter: process), at: calendar.now + waitTimeout)
    }
    line.append(process)
    statistics.waiting.add(1, at: calendar.now)
    return .waiting
  }

  /// A connection comes back; returns the waiter who has it now.
  package mutating func release(in calendar: inout Calendar) -> Int32? {
    guard let next = line.popFirst() else {
      statistics.inUse.add(-1, at: calendar.now)
      return nil
    }
    calendar.cancel(timeouts[Int(next)])
    timeouts[Int(next)] = .none
    statistics.waiting.add(-1, at: calendar.now)
    statistics.served += 1
    return next
  }

  /// The waiter's patience has ended: it leaves the line without a connection.
  package mutating func waitTimedOut(_ waiter: Int32, at now: Instant) {
    timeouts[Int(waiter)] = .none
    guard line.remove(waiter) else { return }
    statistics.waiting.add(-1, at: now)
    statistics.rejected += 1
  }

  /// A waiter leaves the line by itself (its client gave up); false if it was not waiting.
  @discardableResult
  package mutating func abandon(_ waiter: Int32, in calendar: inout Calendar) -> Bool {
    guard line.remove(waiter) else { return false }
    calendar.cancel(timeouts[Int(waiter)])
    timeouts[Int(waiter)] = .none
    statistics.waiting.add(-1, at: calendar.now)
    statistics.abandoned += 1
    return true
  }

  /// Makes room for processes numbered below `count`.
  package mutating func reserve(processes count: Int) {
    timeouts.extend(to: count, with: .none)
  }
}
