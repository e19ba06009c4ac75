import EventKernel
import Primitives

/// What the operating system does for a process that wakes, beside its slices.
///
/// Linux (kernel/sched/fair.c) lets most of those in at once that wake beside a busy process: one that has slept
/// is owed time (`check_preempt_wakeup_fair`). The others wait for the busy one to sleep, or for a tick that
/// finds its slice used up. And it does not always see an idle core: a process may be put behind the one that
/// woke it or on the core it ran on before (`select_idle_sibling`), and stays there until a core that runs dry
/// looks for work (`newidle_balance`).
package struct Waking: Sendable, Hashable {
  /// Share of wake-ups beside busy cores that get one at once.
  package var preemption = 0.0
  /// Share of wake-ups beside all but one busy core that wait for a slice although that one is idle.
  package var misplacement = 0.0
  /// Share of wake-ups after a flush that wait for part of a slice where all cores are busy, and in proportion
  /// where fewer are: they come back to the core that they slept on, and whoever got it then is not
  /// interrupted so soon (`protect_slice`).
  package var lateAfterFlush = 0.0

  package init(
    preemption: Double = 0, misplacement: Double = 0, lateAfterFlush: Double = 0
  ) {
    let all = [preemption, misplacement, lateAfterFlush]
    precondition(all.allSatisfy { (0...1).contains($0) })
    (self.preemption, self.misplacement) = (preemption, misplacement)
    self.lateAfterFlush = lateAfterFlush
  }

  /// Whether every wake-up for a burst fares alike.
  var isEven: Bool { preemption == 0 && misplacement == 0 }
}

extension CPU {
  /// Whether a burst's name makes a difference.
  var drawsLuck: Bool { !waking.isEven }

  /// A uniform number in (0, 1) for this wake-up.
  mutating func luck(_ name: UInt64?) -> Double {
    if let name { return named.uniform(name) }
    draws &+= 1
    return randomness.uniform(draws)
  }

  /// How long a process that could have an idle core waits behind a busy one: until a slice of that ends, or
  /// all it has to do.
  func delay(beforeIdleCore luck: Double, wakes: Int, at now: Instant) -> TimeSpan {
    // The idle core that is its own is off the list by now.
    let busy = cores.count - idle.count - 1
    guard busy > 0, cores.count > 1 else { return .zero }
    let each = waking.misplacement * Double(busy) / Double(cores.count - 1)
    return delay(luck, chance: 1 - power(1 - each, wakes), at: now)
  }

  /// How long a process whose flush is over waits for the core that it slept on.
  ///
  /// It computes next to nothing
  /// then: it takes no core from others.
  package func delay(afterFlush name: UInt64, at now: Instant) -> TimeSpan {
    let busy = cores.count - idle.count
    guard waking.lateAfterFlush > 0, busy > 0 else { return .zero }
    let chance = waking.lateAfterFlush * Double(busy) / Double(cores.count)
    return delay(named.uniform(name), chance: chance, at: now)
  }

  private func delay(_ luck: Double, chance: Double, at now: Instant) -> TimeSpan {
    guard luck < chance, let core = busiestCore else { return .zero }
    return min(timeSlice * (luck / chance), max(.zero, cores[Int(core)].end - now))
  }

  /// The core that a process that wakes beside busy ones is given at once; nil if it has to wait.
  func coreToTake(_ luck: Double, wakes: Int) -> Int16? {
    guard waking.preemption > 0, luck < power(waking.preemption, wakes) else { return nil }
    return busiestCore
  }

  /// The core whose slice began first, of those that compute.
  private var busiestCore: Int16? {
    var found: Int16?
    for core in 0..<Int16(cores.count) where cores[Int(core)].token != .none {
      if found.map({ cores[Int(core)].sliceStart < cores[Int($0)].sliceStart }) ?? true {
        found = core
      }
    }
    return found
  }

  private func power(_ share: Double, _ times: Int) -> Double {
    (1..<max(1, times)).reduce(share) { product, _ in product * share }
  }
}
