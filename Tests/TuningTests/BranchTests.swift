import Gates
import Scenarios
import Testing

@testable import Tuning

/// A made-up world: waits grow with the batch, the duration falls with it.
private enum World {
  static let wait = Constraint(index: 0, rule: rule("wait", "locks.wait.max", 100), limit: 100)
  static let deadline = Constraint(
    index: 1, rule: rule("deadline", "backfill.duration", 60), limit: 60)

  private static func rule(_ id: String, _ metric: String, _ limit: Double) -> GateRule {
    GateRule(id: id, metric: MetricKey(metric), comparison: .atMost, limit: .value(limit))
  }

  static func point(
    _ size: Double, wait: Double, duration: Double? = nil,
    _ constraints: [Constraint] = [World.wait, World.deadline]
  ) -> Branch.Point {
    let duration = duration ?? 10 + 10_000 / size
    let sample = Sample(gateValues: [wait, duration], duration: duration, latency: nil)
    let evaluation = Evaluation(
      candidate: Candidate(values: [], size: size), samples: [sample, sample])
    return Branch.Point(
      size: size, evaluation: evaluation, feasibility: Feasibility(evaluation, constraints))
  }

  static func branch() -> Branch {
    Branch(combination: [], guess: 1_000, low: 10, high: 100_000, reach: 100_000) {
      10 + 10_000 / $0
    }
  }
}

@Suite("Bisection along the batch")
struct BranchTests {
  @Test("From any start the boundary is bracketed within three percent, in few steps")
  func bisection() throws {
    for boundary in [37.0, 1_234, 40_000] {
      var branch = World.branch()
      var steps = 0
      while let next = branch.next {
        branch.add(World.point(next, wait: 100 * next / boundary))
        steps += 1
        try #require(steps < 20)
      }
      let (met, missed) = (try #require(branch.met), try #require(branch.missed))
      #expect(met.size <= boundary && boundary < missed.size)
      #expect(missed.size / met.size <= Branch.resolution)
      #expect(branch.best?.size == met.size || boundary < 200)
    }
  }

  @Test("What keeps from being faster is a gate that a faster point misses, not one that meets all")
  func binding() {
    let gates = [World.wait, World.deadline]
    let points = [
      World.point(1, wait: 50, duration: 20), World.point(2, wait: 60, duration: 19),
      World.point(3, wait: 150, duration: 15), World.point(4, wait: 400, duration: 10),
    ].map(\.evaluation)
    #expect(Tuner.missed(byPointsFasterThan: 20, points, gates) == "wait")
    #expect(Tuner.missed(byPointsFasterThan: 20, Array(points.prefix(2)), gates) == nil)
  }

  @Test("A gate that is met everywhere ends at the space's own end")
  func edge() {
    var branch = World.branch()
    while let next = branch.next { branch.add(World.point(next, wait: 1)) }
    #expect(branch.met?.size == 100_000)
    #expect(branch.optimistic == branch.pessimistic)
  }

  @Test("One that is missed everywhere is known to be after its smallest batch")
  func hopeless() {
    var branch = World.branch()
    while let next = branch.next { branch.add(World.point(next, wait: 1_000)) }
    #expect(branch.missed?.size == 10)
    #expect(branch.best == nil)
  }

  @Test("A deadline is missed by small batches and does not make the boundary ambiguous")
  func deadline() throws {
    var branch = World.branch()
    branch.add(World.point(20, wait: 1))
    #expect(branch.missed == nil)
    #expect(branch.best == nil)
    branch.add(World.point(1_000, wait: 50))
    #expect(branch.isMonotone)
    #expect(branch.best?.size == 1_000)
  }

  @Test("A larger batch that meets what a smaller one missed ends the bisection")
  func notMonotone() {
    var branch = World.branch()
    branch.add(World.point(100, wait: 500))
    branch.add(World.point(1_000, wait: 50))
    #expect(!branch.isMonotone)
    #expect(branch.next == nil)
  }

  @Test("The point just beyond bounds what may still be found; the best point what is known")
  func bounds() throws {
    var branch = World.branch()
    branch.add(World.point(1_000, wait: 50))
    branch.add(World.point(4_000, wait: 200))
    #expect(branch.pessimistic == 20)
    #expect(branch.optimistic == 12.5)
  }
}

@Suite("Gates as constraints")
struct ConstraintTests {
  private func reading(
    _ values: [Double?], _ comparison: GateRule.Comparison = .atMost,
    judgement: GateRule.Judgement = .shareOfTrials
  ) -> Constraint.Reading? {
    let rule = GateRule(
      id: "g", metric: MetricKey("locks.wait.max"), comparison: comparison, limit: .value(100),
      judgement: judgement)
    return Constraint(index: 0, rule: rule, limit: 100).reading(
      values.map { Sample(gateValues: [$0], duration: 1, latency: nil) })
  }

  @Test("A gate holds in every trial or is missed; a mean is judged as a mean")
  func everyTrial() throws {
    let mixed = try #require(reading([50, 110]))
    #expect((mixed.missed, mixed.value) == (1, 110))
    #expect(abs(mixed.excess - 0.1) < 1e-12)
    #expect(try #require(reading([50, 110], judgement: .mean)).isMet)
    let low = try #require(reading([50, 110], .atLeast))
    #expect(low.value == 50 && low.excess == 0.5)
  }

  @Test("What no trial could compute has no reading and is never met")
  func unmeasured() {
    #expect(reading([nil, nil]) == nil)
    let rule = GateRule(
      id: "g", metric: MetricKey("locks.wait.max"), comparison: .atMost, limit: .value(100))
    let evaluation = Evaluation(
      candidate: Candidate(values: [], size: nil),
      samples: [Sample(gateValues: [nil], duration: 1, latency: nil)])
    let feasibility = Feasibility(
      evaluation, [Constraint(index: 0, rule: rule, limit: 100)])
    #expect(!feasibility.isMet)
  }

  @Test("A relaxed limit turns the same trials from missed to met")
  func relaxed() {
    let point = World.point(1_000, wait: 105)
    let again = Feasibility(point.evaluation, [World.wait.relaxed(by: 0.1)])
    #expect(!point.feasibility.isMet && again.isMet)
  }

  @Test("The front holds only points that nothing beats in both, quickest first")
  func front() {
    let points = [(30.0, 5.0), (10, 9), (20, 9), (20, 6), (40, 5)].map { duration, latency in
      Evaluation(
        candidate: Candidate(values: [], size: duration * latency),
        samples: [Sample(gateValues: [], duration: duration, latency: latency)])
    }
    #expect(Tuner.front(points).map(\.duration) == [10, 20, 30])
    #expect(Tuner.front(points).map(\.latency) == [9, 6, 5])
  }
}
