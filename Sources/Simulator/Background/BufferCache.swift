import Primitives
import Scenarios
import Traffic

/// Which share of page touches misses memory, in quasi-steady state.
///
/// Che's approximation of a least-recently-used cache: a page stays for the characteristic time T
/// after its last touch, where T solves `Σ (1 − e^{−λᵢT}) + s·T = C` for page rates λᵢ, C pages of
/// memory and s pages per second of a scan that comes by once (Che, Tung, Wang 2002; fidelity of
/// about 1 %). Pages are grouped by popularity on a logarithmic grid. Where the cache began empty, T is at most
/// the time since then.
struct BufferCache {
  /// Pages of equal touch rate.
  private struct Group {
    var pages: Double
    /// Touches per second of each page.
    var rate: Double
  }
  private var groups: [Group] = []
  /// Per class, the table that it touches and its groups.
  private var claims: [(table: Int, groups: Range<Int>)] = []
  /// Per class, the share of its touches that fall into each group.
  private var shares: [[Double]] = []
  private let capacity: Double
  private let total: Double
  /// Leaves of each table's primary key.
  private let leafPages: [Double]
  /// Of tables that are in an empty cache all the same.
  private let loaded: [Bool]
  /// Per table.
  private let heapPages: [Double]
  private var missShares: [Double]
  /// By table.
  private var leafMissShares: [Double]
  /// Seconds.
  private var lastTime = 1e3
  /// Of the first table's heap pages, those that memory lacks.
  private(set) var coldShare = 0.0
  /// Everything fits: nothing is ever missed once warm.
  let fits: Bool

  /// The memory of a scenario's server; `layouts` has one entry for each table.
  init(_ scenario: Scenario, layouts: [RowLayout]) {
    let database = scenario.database
    let beyond = max(0, database.memory - database.settings.sharedBuffers)
    self.init(
      scenario, layouts: layouts,
      bytes: Double(database.settings.sharedBuffers) + database.costs.osCacheShare * Double(beyond))
    guard !fits else { return }
    refresh(scanPagesPerSecond: 0)
  }

  /// The shared buffers alone: what they lack is fetched from the operating system's cache, if that has it.
  ///
  /// Those of a server just started are empty, but for tables of up to a quarter of them: the scans that
  /// built their indexes left those there, where longer ones go through a ring (initscan in heapam.c).
  static func buffers(_ scenario: Scenario, layouts: [RowLayout]) -> BufferCache {
    let isFresh = scenario.database.state == .fresh
    var buffers = BufferCache(
      scenario, layouts: layouts, bytes: Double(scenario.database.settings.sharedBuffers),
      startsEmpty: isFresh)
    buffers.refresh(scanPagesPerSecond: 0, age: isFresh ? 0 : .infinity)
    return buffers
  }

  private init(
    _ scenario: Scenario, layouts: [RowLayout], bytes: Double, startsEmpty: Bool = false
  ) {
    let capacity = bytes / Double(RowLayout.pageBytes)
    self.capacity = capacity
    total = layouts.reduce(0.0) { $0 + Double($1.heapPages + $1.leafPages.reduce(0, +)) }
    heapPages = layouts.map { Double($0.heapPages) }
    leafPages = layouts.map { Double($0.leafPages[0]) }
    loaded = heapPages.map { !startsEmpty || $0 <= capacity / 4 }
    fits = total <= capacity && loaded.allSatisfy { $0 }
    missShares = Array(repeating: 0, count: scenario.traffic.count)
    leafMissShares = Array(repeating: 0, count: layouts.count)
    guard !fits else { return }
    for traffic in scenario.traffic { addGroups(traffic) }
  }

  func missShare(class index: Int) -> Double { fits ? 0 : missShares[index] }

  /// Of the class's looks into the primary key, those that find a leaf which nobody has touched since the cache
  /// began empty: indexes are built past it (nbtsort.c).
  func leafMissShare(class index: Int) -> Double {
    fits ? 0 : leafMissShares[claims[index].table]
  }

  /// Of a primary key's leaves, those that traffic has not touched within so many seconds.
  private func untouchedLeaves(_ table: Int, _ time: Double) -> Double {
    let touches = claims.reduce(0) { sum, claim in
      claim.table == table ? groups[claim.groups].reduce(sum) { $0 + $1.rate * $1.pages } : sum
    }
    return Double.exp(-touches * time / leafPages[table])
  }

  /// Solves for T again with this much scan traffic, and so many seconds after an empty cache began.
  ///
  /// - Complexity: O(groups), about 40 times.
  mutating func refresh(scanPagesPerSecond scan: Double, age: Double = .infinity) {
    guard !fits else { return }
    if age.isFinite {
      for table in leafMissShares.indices { leafMissShares[table] = untouchedLeaves(table, age) }
    }
    let held = total > capacity ? characteristicTime(scan) : .infinity
    if held.isFinite { lastTime = held }
    let time = min(age, held)
    for index in missShares.indices {
      let kept = loaded[claims[index].table] ? held : time
      var miss = 0.0
      for (share, group) in zip(shares[index], groups) where kept.isFinite {
        miss += share * Double.exp(-group.rate * kept)
      }
      missShares[index] = miss
    }
    if time == held {
      coldShare = coldShare(characteristicTime: time)
    } else {
      coldShare = loaded[0] ? 0 : untouchedShare(ofTable: 0, time)
    }
  }

  /// Memory that holds no page which traffic touched within the time holds all others with the same
  /// chance: where traffic is all over one table, in the end memory / all pages.
  private func coldShare(characteristicTime time: Double) -> Double {
    let touched = heapPages.indices.reduce(0.0) {
      $0 + heapPages[$1] * (1 - untouchedShare(ofTable: $1, time))
    }
    let held = min(1, max(0, capacity - touched) / max(1, total - touched))
    return untouchedShare(ofTable: 0, time) * (1 - held)
  }

  /// Of the table's heap pages, those that no class touches within the time, each by itself.
  private func untouchedShare(ofTable table: Int, _ time: Double) -> Double {
    claims.reduce(1) { share, claim in
      guard claim.table == table else { return share }
      let mine = groups[claim.groups]
      let left = mine.reduce(0.0) { $0 + $1.pages * Double.exp(-$1.rate * time) }
      return share * left / mine.reduce(0.0) { $0 + $1.pages }
    }
  }

  /// The root of what is held less the capacity, to 10⁻¹⁰ of itself, by halving ln T around the last one.
  private func characteristicTime(_ scan: Double) -> Double {
    func isFull(_ time: Double) -> Bool {
      let held = groups.reduce(scan * time) { $0 + $1.pages * (1 - Double.exp(-$1.rate * time)) }
      return held >= capacity
    }
    var (low, high) = (lastTime, lastTime)
    while low > 1e-3, isFull(low) { (low, high) = (low / 4, low) }
    while high < 1e9, !isFull(high) { (low, high) = (high, high * 4) }
    while high > low * (1 + 1e-10) {
      let time = (low * high).squareRoot()
      if isFull(time) { high = time } else { low = time }
    }
    return (low * high).squareRoot()
  }

  /// Groups a class's pages by how often they are touched: hot rows lie on pages of their own where
  /// they are scattered.
  private mutating func addGroups(_ traffic: TrafficClass) {
    let table = traffic.statements.first?.table ?? 0
    let rate =
      switch traffic.arrivals {
      case .open(let rate, _): rate
      case .closed(let clients, let think): Double(clients) / max(1e-3, think.seconds)
      }
    let first = groups.count
    var share = [Double](repeating: 0, count: first)
    for (part, weight) in popularity(traffic.keys, pages: heapPages[table]) {
      groups.append(Group(pages: part, rate: rate * weight / part))
      share.append(weight)
    }
    claims.append((table, first..<groups.count))
    shares.append(share)
  }

  /// (pages, share of touches) from the hottest down.
  private func popularity(_ keys: KeyDistribution, pages: Double) -> [(Double, Double)] {
    switch keys {
    case .uniform: return [(pages, 1)]
    case .hotspot(let fraction, let share):
      let hot = max(1, pages * fraction)
      return [(hot, share), (max(1, pages - hot), 1 - share)]
    case .zipf(let s), .latest(let s):
      func mass(_ x: Double) -> Double {
        abs(s - 1) < 1e-9 ? Double.log(x) : (Double.pow(x, 1 - s) - 1) / (1 - s)
      }
      var parts: [(Double, Double)] = []
      var from = 1.0
      while from < pages {
        let to = min(pages, from * 1.6)
        parts.append((max(1, to - from), (mass(to) - mass(from)) / mass(pages)))
        from = to
      }
      return parts
    }
  }
}
