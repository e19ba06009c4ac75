import Primitives

/// What each worker is doing.
package struct Workers: Sendable {
  /// The most workers there can be.
  package static let most = 64

  enum State: Sendable {
    case idle
    case busy(PlannedBatch)
    case pausing
    case backingOff(PlannedBatch)
  }

  /// How many may take up a batch; workers above it stop after what they are doing.
  package private(set) var limit: Int
  package private(set) var busy = 0
  /// Workers in the pause between two batches.
  package private(set) var pausing = 0
  /// Workers that wait to try a failed batch again.
  package private(set) var backingOff = 0

  private var states: [State]
  /// Bit i is set while worker i is idle.
  private var idleBits: UInt64

  init(limit: Int) {
    precondition((0...Self.most).contains(limit), "\(limit) workers")
    self.limit = limit
    states = Array(repeating: .idle, count: Self.most)
    idleBits = .max
  }

  /// Workers that could take up a batch at once.
  ///
  /// After the limit was lowered the batches above it count until they end.
  package var available: Int {
    min((idleBits & limitBits).nonzeroBitCount, max(0, limit - busy))
  }

  /// The lowest of them.
  var firstAvailable: Int? {
    available == 0 ? nil : (idleBits & limitBits).trailingZeroBitCount
  }

  func mayWork(_ worker: Int) -> Bool { worker < limit }

  mutating func setLimit(_ limit: Int) {
    precondition((0...Self.most).contains(limit), "\(limit) workers")
    self.limit = limit
  }

  /// What the worker runs; nil while it runs nothing.
  func running(_ worker: Int) -> PlannedBatch? {
    if case .busy(let planned) = states[worker] { planned } else { nil }
  }

  /// The busy workers, in order.
  var busyWorkers: [Int] { states.indices.filter { running($0) != nil } }

  subscript(worker: Int) -> State {
    get { states[worker] }
    set {
      count(states[worker], by: -1)
      states[worker] = newValue
      count(newValue, by: 1)
      let bit: UInt64 = 1 << UInt64(worker)
      if case .idle = newValue { idleBits |= bit } else { idleBits &= ~bit }
    }
  }

  private var limitBits: UInt64 { limit == Self.most ? .max : (1 << UInt64(limit)) - 1 }

  private mutating func count(_ state: State, by change: Int) {
    switch state {
    case .idle: break
    case .busy: busy += change
    case .pausing: pausing += change
    case .backingOff: backingOff += change
    }
  }
}
