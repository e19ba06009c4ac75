import Primitives

/// Everything that a strategy was told and what it answered.
///
/// The events of a live run, fed back in, must give its actions exactly: that proves that both worlds
/// run the same brain. The log carries the configuration, so that a replay needs no scenario.
package struct DecisionLog: Hashable, Sendable, Codable {
  /// Grows when an older log can no longer be replayed by the same rules.
  package static let currentVersion = 1

  package struct Entry: Hashable, Sendable, Codable {
    package var at: Instant
    package var event: Event
    package var actions: [Action]

    package init(at: Instant, event: Event, actions: [Action]) {
      self.at = at
      self.event = event
      self.actions = actions
    }
  }

  /// Where a replay first answers otherwise than the log.
  package struct Divergence: Hashable, Sendable {
    /// The entry's place in the log, from 0.
    package var index: Int
    package var logged: Entry
    package var replayed: [Action]
  }

  package private(set) var version = currentVersion
  package private(set) var configuration: Configuration
  package private(set) var entries: [Entry] = []

  package init(configuration: Configuration) { self.configuration = configuration }

  package mutating func record(_ event: Event, at now: Instant, _ actions: [Action]) {
    entries.append(Entry(at: now, event: event, actions: actions))
  }

  /// Feeds the logged events to a new strategy.
  ///
  /// It stops at the first divergence, since what was logged after it answers other actions.
  package func replay() -> Divergence? {
    var strategy = Strategy(configuration)
    for (index, entry) in entries.enumerated() {
      let actions = strategy.handle(entry.event, at: entry.at)
      guard actions == entry.actions else {
        return Divergence(index: index, logged: entry, replayed: actions)
      }
    }
    return nil
  }
}
