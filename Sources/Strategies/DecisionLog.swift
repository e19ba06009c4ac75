import Primitives

/// Everything that a strategy was told and what it answered.
///
/// The events of a live run, fed back in, must give its actions exactly: that proves that both worlds
/// run the same brain. The log carries the configuration, so that a replay needs no scenario.
package struct DecisionLog: Hashable, Sendable, Codable {
  /// Grows when an older log can no longer be replayed by the same rules.
  package static let currentVersion = 2

  private enum CodingKeys: String, CodingKey { case version, configuration, entries }

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

  /// A stored log whose rules this version does not have.
  package struct UnknownVersion: Error, Hashable, Sendable, CustomStringConvertible {
    package var version: Int
    package var description: String {
      "the decision log has version \(version), and this rehearse replays version "
        + "\(DecisionLog.currentVersion) only"
    }
  }

  /// Reads the version first: what else a log of another version holds, nobody here knows.
  ///
  /// - Throws: `UnknownVersion`, or a decoding error for what is no decision log.
  package init(from decoder: any Decoder) throws {
    let log = try decoder.container(keyedBy: CodingKeys.self)
    version = try log.decode(Int.self, forKey: .version)
    guard version == Self.currentVersion else { throw UnknownVersion(version: version) }
    configuration = try log.decode(Configuration.self, forKey: .configuration)
    entries = try log.decode([Entry].self, forKey: .entries)
  }

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
