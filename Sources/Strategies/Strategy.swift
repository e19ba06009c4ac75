import Primitives

/// Decides what the backfill does next.
///
/// It never waits, opens a socket, reads a clock or draws from a generator: events and the time
/// come in, actions go out. The simulator and the live driver both run this exact type, which is
/// the only reason a rehearsal says anything about the real run.
package struct Strategy: Sendable {
  package let configuration: Configuration

  package init(_ configuration: Configuration) {
    self.configuration = configuration
  }

  /// Takes one event and returns the whole ordered list of actions it causes.
  ///
  /// - Parameter now: Never earlier than in the call before.
  package mutating func handle(_ event: Event, at now: Instant) -> [Action] {
    []
  }
}
