import Estimates
import Gates
import Measurements
import Scenarios

/// What tuning a scenario came to: the document `rehearse.tune/1`, before it is written.
package struct TuneResult: Sendable {
  package var name: String
  package var seed: UInt64
  package var settings: TuneSettings
  /// False where a signal or the time bound ended it: what is here is what was known by then.
  package var complete = true

  /// Nil where no point met the gates.
  package var recommended: Recommendation?
  /// Points that meet the gates and that no other one beats in both duration and impact, quickest first.
  package var front: [Evaluation] = []
  /// The nearest points that are quicker than the recommended one and miss a gate.
  package var outside: [Outside] = []
  package var binding: Binding?
  package var shadowPrice: ShadowPrice?
  /// Per gate that kept a point out, how many, and by how much it is missed where it is missed least.
  package var exclusions: [Exclusion] = []
  /// Every point that was played, in the order of the search.
  package var evaluations: [Evaluation] = []
  package var constraints: [Constraint]
  package var counts = Counts()
  /// The scenario with the recommended setting; nil without one.
  package var scenario: Scenario?
  /// What arithmetic says of the batch there.
  package var bounds: BatchBounds? { scenario.flatMap { BatchBounds($0) } }
  package var headroom: Headroom?
  package var startTimes: [StartTime] = []
  package var sensitivity: [Sensitivity] = []

  package struct Recommendation: Sendable {
    package var candidate: Candidate
    /// Size of the batch over that of the largest one that met the gates.
    package var share: Double
    /// The fastest point that met the gates in the search, seconds.
    package var boundary: Evaluation
    /// The search's own trials of the recommended point.
    package var evaluation: Evaluation
    /// Nil where the search was stopped before.
    package var confirmation: Confirmation?
    /// Of the confirming trials; nil without them.
    package var record: RunRecord?
    /// Others that the paired intervals could not tell from it.
    package var equals: [Candidate]
  }

  package struct Outside: Sendable {
    package var evaluation: Evaluation
    package var reading: Constraint.Reading
  }

  /// Why it is not faster.
  package enum Binding: Hashable, Sendable {
    /// The gate that the next faster point misses.
    case gate(id: String)
    /// The space ends there.
    case edge(path: String, text: String)
    /// A resource that larger batches cannot relieve, in words.
    case resource(String)
  }

  /// What a tenth more of the binding gate's limit would buy.
  package struct ShadowPrice: Sendable {
    package var gate: String
    /// Share by which the limit is relaxed.
    package var relaxed: Double
    package var candidate: Candidate
    /// Share of the duration that it saves.
    package var gain: Double
  }

  package struct Exclusion: Sendable {
    package var constraint: Constraint
    /// Points of the search that miss it.
    package var points: Int
    /// Where it is missed least.
    package var nearest: Evaluation
    package var reading: Constraint.Reading
  }

  package struct Counts: Hashable, Sendable {
    /// Points that were played at least once.
    package var points = 0
    package var trials = 0
    package var events = 0
    /// Of them the confirming ones.
    package var confirmingTrials = 0
    package var confirmingEvents = 0
    /// Combinations of everything but the batch; those that arithmetic left out, and those that
    /// screening did.
    package var combinations = 0
    package var pruned = 0
    package var screened = 0
    /// Branches on which bisection did not apply.
    package var gridded = 0
    /// Points whose backfill did not end in some trial.
    package var unfinished = 0
  }
}
