import Primitives

/// A closed form, and an experiment on the simulator's own components that estimates it.
struct OracleCase: Sendable {
  /// One number of the experiment with its exact value.
  struct Quantity: Sendable {
    var name: String
    var closedForm: Double
    var acceptance: Acceptance
  }

  enum Acceptance: Sendable {
    /// The closed form lies inside the 99.9 % interval over the seeds, whose half-width is at most
    /// this share of it.
    case interval(limit: Double)
    /// Nothing is random: every seed is within this share of the closed form. What is left is the
    /// step in which the experiment feeds a component, stated with each case.
    case within(Double)
    /// A rate of rare events: its closed form lies inside the exact 99.9 % interval of a Poisson
    /// count over all seeds, whose half-width is at most this share of it.
    case poisson(transactions: Int, limit: Double)
  }

  var name: String
  var source: String
  var quantities: [Quantity]
  /// Whether the seed matters.
  var isRandom: Bool {
    quantities.contains { if case .within = $0.acceptance { false } else { true } }
  }
  /// A small share of its customers shows nothing, or is no faster.
  var needsMany: Bool
  /// One value for each quantity.
  var run: @Sendable (OracleRun) -> [Double]

  init(
    _ name: String, source: String, _ quantities: [Quantity], needsMany: Bool = false,
    run: @escaping @Sendable (OracleRun) -> [Double]
  ) {
    self.name = name
    self.source = source
    self.quantities = quantities
    self.needsMany = needsMany
    self.run = run
  }
}

extension OracleCase.Quantity {
  static func mean(_ name: String, _ closedForm: Double) -> Self {
    Self(name: name, closedForm: closedForm, acceptance: .interval(limit: 0.005))
  }
  static func p95(_ closedForm: Double) -> Self {
    Self(name: "p95", closedForm: closedForm, acceptance: .interval(limit: 0.01))
  }
  static func p99(_ closedForm: Double) -> Self {
    Self(name: "p99", closedForm: closedForm, acceptance: .interval(limit: 0.02))
  }
  /// An exponent, to be found to a twentieth.
  static func exponent(_ name: String, _ closedForm: Double) -> Self {
    Self(
      name: name, closedForm: closedForm,
      acceptance: .interval(limit: 0.05 / abs(closedForm)))
  }
  static func exact(_ name: String, _ closedForm: Double, within: Double) -> Self {
    Self(name: name, closedForm: closedForm, acceptance: .within(within))
  }
}

/// One execution of a case.
struct OracleRun: Sendable {
  var seed: UInt64
  var mutation = Mutation.none
  /// Share of the customers that an optimised run plays.
  var scale = 1.0

  /// Random numbers of one purpose.
  func stream(_ purpose: UInt64) -> RandomStream {
    RandomStream(RandomKey(seed: seed, trial: 0, entity: 0, purpose: purpose))
  }

  func customers(_ count: Int) -> Int { max(1000, Int(Double(count) * scale)) }
}

/// A deliberate mistake in a component, made by the experiment in what it feeds a component or takes from it.
package enum Mutation: String, Sendable, CaseIterable {
  case none
  /// Service takes 2 % longer.
  case slowerService
  /// Who came last is served first.
  case lastComeFirstServed
  /// Now and then a process that may go on is not told.
  case lostWakeUp

  var serviceFactor: Double { self == .slowerService ? 1.02 : 1 }
}
