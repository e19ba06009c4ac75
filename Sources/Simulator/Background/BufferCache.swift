import Primitives
import Scenarios
import Traffic

/// Which share of page touches misses memory, in quasi-steady state.
///
/// Che's approximation of a least-recently-used cache: a page stays for the characteristic time T
/// after its last touch, where T solves `Σ (1 − e^{−λᵢT}) + s·T = C` for page rates λᵢ, C pages of
/// memory and s pages per second of a scan that comes by once (Che, Tung, Wang 2002; fidelity of
/// about 1 %). Pages are grouped by popularity on a logarithmic grid.
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
  /// Per table.
  private let heapPages: [Double]
  private var missShares: [Double]
  /// Seconds.
  private var lastTime = 1e3
  /// Of the first table's heap pages, those that memory lacks.
  private(set) var coldShare = 0.0
  /// Everything fits: nothing is ever missed once warm.
  let fits: Bool

  /// Solves the cache of a scenario; `layouts` has one entry for each table.
  init(_ scenario: Scenario, layouts: [RowLayout]) {
    let database = scenario.database
    let beyond = max(0, database.memory - database.settings.sharedBuffers)
    let bytes =
      Double(database.settings.sharedBuffers) + database.costs.osCacheShare * Double(beyond)
    capacity = bytes / Double(RowLayout.pageBytes)
    total = layouts.reduce(0.0) { $0 + Double($1.heapPages + $1.leafPages.reduce(0, +)) }
    heapPages = layouts.map { Double($0.heapPages) }
    fits = total <= capacity
    missShares = Array(repeating: 0, count: scenario.traffic.count)
    guard !fits else { return }
    for traffic in scenario.traffic { addGroups(traffic) }
    refresh(scanPagesPerSecond: 0)
  }

  func missShare(class index: Int) -> Double { fits ? 0 : missShares[index] }

  /// Solves for T again with this much scan traffic.
  ///
  /// - Complexity: O(groups), about 40 times.
  mutating func refresh(scanPagesPerSecond scan: Double) {
    guard !fits else { return }
    let time = characteristicTime(scan)
    lastTime = time
    for index in missShares.indices {
      var miss = 0.0
      for (share, group) in zip(shares[index], groups) {
        miss += share * Double.exp(-group.rate * time)
      }
      missShares[index] = miss
    }
    coldShare = coldShare(characteristicTime: time)
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
