import Primitives

/// The pending events of one simulated world, in the order in which they will happen.
///
/// A model owns a calendar, schedules trivial payloads and loops over `next()`:
///
///     while let event = calendar.next() {
///       switch event { ... }
///     }
///
/// Events at the same instant happen in the order in which they were scheduled. The order is that of
/// one 128-bit key, `time:64 | sequence:40 | slot:24`, so it is total and the same everywhere.
///
/// `next()` leaves the fired event's place at the root of the heap open, and the first event
/// scheduled by the handler fills it: one sift instead of two. A handler that schedules nothing
/// leaves it to the next `next()` to close it. A cancelled event's key stays in the heap, no longer
/// matching its slot's mark, until it surfaces or such stale keys are more than half of all.
@frozen
@usableFromInline
package struct EventCalendar<Payload: BitwiseCopyable & Sendable>: ~Copyable {
  @usableFromInline var heap: KeyHeap
  @usableFromInline var slab: EventSlab<Payload>
  /// The slot of the event that fired last while its place at the root is open, else `none`.
  @usableFromInline var openSlot: Int
  /// The last sequence number given out, in a key's position.
  ///
  /// There are 2^40 of them; then it traps.
  @usableFromInline var sequence: UInt64
  /// Keys of cancelled events in the heap.
  @usableFromInline var stale: Int
  @usableFromInline var clock: Instant
  @usableFromInline var fired: UInt64

  @inlinable
  package init() {
    heap = KeyHeap()
    slab = EventSlab()
    openSlot = EventSlab<Payload>.none
    sequence = 0
    stale = 0
    clock = .zero
    fired = 0
  }

  /// The instant of the event that fired last.
  @inlinable package var now: Instant { clock }

  /// How many events have fired.
  @inlinable package var popped: UInt64 { fired }

  /// How many events are pending.
  @inlinable
  package var count: Int { heap.count &- stale &- (openSlot == EventSlab<Payload>.none ? 0 : 1) }

  /// The instant of the event that `next()` will return.
  ///
  /// Closes the place left open by the last event, so ask between events rather than in a handler.
  @inlinable
  package var nextTime: Instant? {
    mutating get {
      guard exposeNext() else { return nil }
      return Instant(nanoseconds: Int64(truncatingIfNeeded: heap.root >> 64))
    }
  }

  /// Adds `payload` to happen at `instant`, after everything already scheduled for that instant.
  ///
  /// Inlined into its callers, sift included: call it from few places.
  @inlinable
  @inline(__always)
  @discardableResult
  package mutating func schedule(_ payload: Payload, at instant: Instant) -> EventToken {
    if instant < clock { failForPast(instant.nanoseconds, clock.nanoseconds) }
    let fills = openSlot != EventSlab<Payload>.none
    let slot = fills ? openSlot : slab.takeSlot()
    sequence += 1 << 24
    let mark = sequence | UInt64(truncatingIfNeeded: slot)
    slab.slots[slot] = EventSlab.Slot(mark: mark, payload: payload)
    let key = UInt128(UInt64(truncatingIfNeeded: instant.nanoseconds)) << 64 | UInt128(mark)
    if fills {
      openSlot = EventSlab<Payload>.none
      heap.replaceRoot(key)
    } else {
      heap.push(key)
    }
    return EventToken(key: mark)
  }

  /// Takes the earliest event, and moves `now` to its instant; nil when no event is pending.
  @inlinable
  @inline(__always)
  package mutating func next() -> Payload? {
    guard exposeNext() else { return nil }
    let key = heap.root
    let slot = EventSlab<Payload>.slot(of: UInt64(truncatingIfNeeded: key))
    clock = Instant(nanoseconds: Int64(truncatingIfNeeded: key >> 64))
    fired &+= 1
    openSlot = slot
    slab.slots[slot].mark = UInt64(EventSlab<Payload>.none)
    return slab.slots[slot].payload
  }

  /// Takes back an event that has not fired yet; false when it fired or was cancelled before.
  @inlinable
  @discardableResult
  package mutating func cancel(_ token: EventToken) -> Bool {
    guard slab.isPending(token.key) else { return false }
    slab.giveBack(EventSlab<Payload>.slot(of: token.key))
    stale &+= 1
    if stale &* 2 > heap.count && stale > 32 { rebuild() }
    return true
  }

  /// Whether the event is still to come.
  @inlinable
  package func isPending(_ token: EventToken) -> Bool { slab.isPending(token.key) }

  /// Forgets every pending event.
  ///
  /// The clock stays, and no token comes to name another event.
  @inlinable
  package mutating func removeAll() {
    heap.truncate(to: 0)
    slab.freeAll()
    openSlot = EventSlab<Payload>.none
    stale = 0
  }

  /// Brings the earliest pending event to the root of the heap; false when there is none.
  @inlinable
  @inline(__always)
  mutating func exposeNext() -> Bool {
    if openSlot != EventSlab<Payload>.none { closeRoot() }
    while heap.count > 0 {
      let mark = UInt64(truncatingIfNeeded: heap.root)
      if slab.slots[EventSlab<Payload>.slot(of: mark)].mark == mark { return true }
      dropStaleRoot()
    }
    return false
  }

  @inlinable
  @inline(never)
  mutating func closeRoot() {
    slab.giveBack(openSlot)
    openSlot = EventSlab<Payload>.none
    heap.removeRoot()
  }

  @inlinable
  @inline(never)
  mutating func dropStaleRoot() {
    heap.removeRoot()
    stale &-= 1
  }

  /// Drops the keys of cancelled events.
  ///
  /// Linear, and paid for by as many cancellations.
  @inlinable
  @inline(never)
  mutating func rebuild() {
    let opened = openSlot != EventSlab<Payload>.none
    var kept = opened ? 1 : 0
    for index in kept..<heap.count {
      let key = heap.keys[index]
      if slab.isPending(UInt64(truncatingIfNeeded: key)) {
        heap.keys[kept] = key
        kept += 1
      }
    }
    heap.truncate(to: kept)
    stale = 0
  }
}

@usableFromInline
@inline(never)
func failForPast(_ instant: Int64, _ now: Int64) -> Never {
  fatalError(
    "an event was scheduled at \(instant) ns, before the present, \(now) ns"
  )
}
