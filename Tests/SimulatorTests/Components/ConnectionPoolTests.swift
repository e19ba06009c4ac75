import EventKernel
import Primitives
import Simulator
import Testing

@Suite("Connection pool")
struct ConnectionPoolTests {
  private static func fullPool(
    _ calendar: inout Calendar, waitTimeout: TimeSpan = .milliseconds(100)
  ) -> ConnectionPool {
    var pool = ConnectionPool(id: 0, size: 1, waitTimeout: waitTimeout)
    #expect(pool.request(0, in: &calendar) == .connected)
    return pool
  }

  @Test("A connection that comes back goes to who has waited longest, and cancels its timeout")
  func handOver() {
    var calendar = Calendar()
    var pool = Self.fullPool(&calendar)
    #expect(pool.request(1, in: &calendar) == .waiting)
    #expect(pool.request(2, in: &calendar) == .waiting)
    #expect(pool.release(in: &calendar) == 1)
    #expect(calendar.count == 1)
    #expect(pool.release(in: &calendar) == 2)
    #expect(pool.release(in: &calendar) == nil)
    #expect(pool.statistics.inUse.value == 0)
    #expect(calendar.next() == nil)
  }

  @Test("Who waits longer than the timeout is rejected and gets no connection later")
  func timeout() {
    var calendar = Calendar()
    var pool = Self.fullPool(&calendar)
    _ = pool.request(1, in: &calendar)
    guard case .poolWaitTimedOut(0, let waiter) = calendar.next() else {
      Issue.record("no timeout")
      return
    }
    #expect(calendar.now == .zero + .milliseconds(100))
    pool.waitTimedOut(waiter, at: calendar.now)
    #expect(pool.release(in: &calendar) == nil)
    #expect(pool.statistics.rejected == 1)
    #expect(pool.statistics.served == 1)
  }

  @Test("A waiter that gives up by itself is neither served nor rejected")
  func abandonment() {
    var calendar = Calendar()
    var pool = Self.fullPool(&calendar)
    _ = pool.request(1, in: &calendar)
    #expect(pool.abandon(1, in: &calendar))
    #expect(!pool.abandon(1, in: &calendar))
    #expect(pool.release(in: &calendar) == nil)
    #expect(pool.statistics.abandoned == 1)
    #expect(pool.statistics.rejected == 0)
    #expect(calendar.next() == nil)
  }
}
