import Primitives

/// How far a running statement has locked its rows, as a function of the CPU service received.
///
/// Off the core, in I/O or blocked, it stands. Rows are ranks in the statement's own order; the
/// current segment is worked through at a constant rate.
package struct Frontier {
  /// A row ahead that somebody else holds.
  struct Obstacle: Hashable {
    var rank: Int
    var lock: Int32
  }

  package let rows: Range<Int>
  private(set) var segment: Range<Int>
  /// CPU that the whole segment takes.
  private(set) var demand = TimeSpan.zero
  /// The statement also stops each time it has received so much of it, to see to its log.
  private var part = TimeSpan.zero
  /// CPU received for the segment before the current burst.
  private(set) var received = TimeSpan.zero
  /// Ascending by rank.
  private(set) var obstacles: [Obstacle] = []

  package init(rows: Range<Int>) {
    self.rows = rows
    segment = rows.lowerBound..<rows.lowerBound
  }

  var isAtSegmentEnd: Bool { received >= demand }

  /// `parts`: how many equal parts of its service the segment stops after, the last at its end.
  package mutating func begin(segment: Range<Int>, demand: TimeSpan, parts: Int = 1) {
    self.segment = segment
    self.demand = max(demand, .nanoseconds(1))
    part = TimeSpan(nanoseconds: (self.demand.nanoseconds - 1) / Int64(max(1, parts)) + 1)
    received = .zero
  }

  /// The share of the segment's work that is done after `burst` more service.
  func share(burst: TimeSpan = .zero) -> Double {
    demand > .zero ? min(1, Double((received + burst).nanoseconds) / Double(demand.nanoseconds)) : 0
  }

  package mutating func add(service: TimeSpan) { received = min(demand, received + service) }

  /// The first rank that is not locked yet, after `burst` more service.
  package func position(burst: TimeSpan = .zero) -> Int {
    guard demand > .zero else { return segment.lowerBound }
    let served = min(demand, received + burst)
    if served == demand { return segment.upperBound }
    let rows = Int128(segment.count) * Int128(served.nanoseconds) / Int128(demand.nanoseconds)
    return segment.lowerBound + Int(rows)
  }

  /// Service still needed until `rank` is the next row to lock.
  func service(upTo rank: Int) -> TimeSpan {
    if rank >= segment.upperBound { return demand - received }
    let (rows, total) = (Int128(max(0, rank - segment.lowerBound)), Int128(segment.count))
    // Rounded up, so that a burst of this length brings the position to `rank` and not just before.
    let nanoseconds = (rows * Int128(demand.nanoseconds) + total - 1) / total
    return max(.zero, TimeSpan(nanoseconds: Int64(nanoseconds)) - received)
  }

  /// The obstacle in the current segment that comes next, if there is one.
  var nextObstacle: Obstacle? {
    obstacles.first.flatMap { $0.rank < segment.upperBound ? $0 : nil }
  }

  /// Service to the next stop: an obstacle, the end of a part or the segment's end.
  var serviceToNextStop: TimeSpan {
    let service = service(upTo: nextObstacle?.rank ?? segment.upperBound)
    guard part > .zero, demand > part else { return service }
    let done = received.nanoseconds % part.nanoseconds
    return min(service, TimeSpan(nanoseconds: part.nanoseconds - done))
  }

  mutating func add(_ obstacle: Obstacle) {
    let place = obstacles.firstIndex { $0.rank > obstacle.rank } ?? obstacles.endIndex
    obstacles.insert(obstacle, at: place)
  }

  /// Returns false where the rank is no obstacle.
  mutating func removeObstacle(at rank: Int) -> Bool {
    guard let place = obstacles.firstIndex(where: { $0.rank == rank }) else { return false }
    obstacles.remove(at: place)
    return true
  }
}
