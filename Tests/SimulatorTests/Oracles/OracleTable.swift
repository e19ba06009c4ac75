import TestSupport

/// All cases, and how they are run over the seeds.
package enum OracleTable {
  static let cases: [OracleCase] =
    CPUOracles.cases + ClosedNetworkOracles.cases + StorageOracles.cases + PoolOracles.cases
    + LogOracles.cases + ReplicaOracles.cases + BatchLockOracles.cases + ConflictOracles.cases
    + PageOracles.cases + ModelOracles.cases

  /// A line of the table.
  package struct Row: Sendable {
    package var oracle: String
    package var quantity: String
    package var source: String
    package var closedForm: Double
    package var estimate: Double
    package var halfWidth: Double
    package var isInside: Bool
    package var isPrecise: Bool

    package var name: String { "\(oracle): \(quantity)" }
    /// Half-width as a share of the closed form.
    package var relativeHalfWidth: Double { closedForm == 0 ? 0 : halfWidth / abs(closedForm) }
  }

  /// Runs the cases whose names contain `part`, every seed of each, on all cores.
  ///
  /// `scale` is the share of the customers to play. Cases that need many
  /// are left out where it is below a tenth.
  package static func rows(
    of part: String = "", scale: Double = 1, mutation: Mutation = .none
  ) async -> [Row] {
    let chosen = cases.filter {
      (part.isEmpty || $0.name.contains(part)) && (scale >= 0.1 || !$0.needsMany)
    }
    let values = await withTaskGroup(of: (Int, Int, [Double]).self) { group in
      for (index, oracle) in chosen.enumerated() {
        let seeds = oracle.isRandom ? oracleSeeds : Array(oracleSeeds.prefix(1))
        for (place, seed) in seeds.enumerated() {
          group.addTask {
            let run = OracleRun(seed: seed, mutation: mutation, scale: scale)
            return (index, place, oracle.run(run))
          }
        }
      }
      var values = chosen.map {
        [[Double]](repeating: [], count: $0.isRandom ? oracleSeeds.count : 1)
      }
      for await (index, place, result) in group { values[index][place] = result }
      return values
    }
    return zip(chosen, values).flatMap { oracle, bySeed in
      oracle.quantities.indices.map { row(of: oracle, $0, bySeed, scale) }
    }
  }

  private static func row(
    of oracle: OracleCase, _ index: Int, _ bySeed: [[Double]], _ scale: Double
  ) -> Row {
    let quantity = oracle.quantities[index]
    let verdict = OracleVerdict(
      quantity: quantity, estimates: bySeed.map { $0[index] }, scale: scale)
    return Row(
      oracle: oracle.name, quantity: quantity.name, source: oracle.source,
      closedForm: quantity.closedForm, estimate: verdict.mean, halfWidth: verdict.halfWidth,
      isInside: verdict.isInside, isPrecise: verdict.isPrecise)
  }
}
