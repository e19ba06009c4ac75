/// The payloads of pending events, each in a numbered slot, with a free list.
@frozen
@usableFromInline
struct EventSlab<Payload: BitwiseCopyable & Sendable>: ~Copyable {
  @frozen
  @usableFromInline
  struct Slot: BitwiseCopyable {
    /// The key of the event's token while the event is pending, else the next free slot.
    ///
    /// A free slot's number is below 2^24 and a token's key is not, so the two never meet.
    @usableFromInline var mark: UInt64
    @usableFromInline var payload: Payload

    @inlinable
    init(mark: UInt64, payload: Payload) {
      self.mark = mark
      self.payload = payload
    }
  }

  @usableFromInline var slots: UnsafeMutablePointer<Slot>
  @usableFromInline var capacity: Int
  @usableFromInline var firstFree: Int

  /// No slot; also the number of slots that 24 bits allow.
  @inlinable static var none: Int { 0xFF_FFFF }

  @inlinable
  init() {
    capacity = 0
    slots = UnsafeMutablePointer.allocate(capacity: 64)
    firstFree = EventSlab.none
    extend(to: 64)
  }

  @inlinable
  deinit { slots.deallocate() }

  /// The slot in which the event of `key` lies, or lay.
  @inlinable
  static func slot(of key: UInt64) -> Int { Int(truncatingIfNeeded: key & UInt64(none)) }

  @inlinable
  func isPending(_ key: UInt64) -> Bool {
    let slot = EventSlab.slot(of: key)
    return slot < capacity && slots[slot].mark == key
  }

  @inlinable
  mutating func takeSlot() -> Int {
    if firstFree == EventSlab.none { grow() }
    let slot = firstFree
    firstFree = Int(truncatingIfNeeded: slots[slot].mark)
    return slot
  }

  @inlinable
  mutating func giveBack(_ slot: Int) {
    slots[slot].mark = UInt64(truncatingIfNeeded: firstFree)
    firstFree = slot
  }

  @inlinable
  mutating func freeAll() {
    let all = capacity
    capacity = 0
    firstFree = EventSlab.none
    extend(to: all)
  }

  @inlinable
  @inline(never)
  mutating func grow() {
    let target = min(capacity * 2, EventSlab.none)
    if target == capacity { failForSlots() }
    let larger = UnsafeMutablePointer<Slot>.allocate(capacity: target)
    larger.update(from: slots, count: capacity)
    slots.deallocate()
    slots = larger
    extend(to: target)
  }

  /// Chains the slots from `capacity` to `target` before the free list, lowest first.
  @inlinable
  mutating func extend(to target: Int) {
    for slot in (capacity..<target).reversed() { giveBack(slot) }
    capacity = target
  }
}

@usableFromInline
@inline(never)
func failForSlots() -> Never {
  fatalError("more than 16,777,215 events are pending")
}
