import Calibration
import Foundation
import Primitives
import Scenarios
import Testing

/// Readings of a server whose costs are known.
enum PlantedServer {
  static let costs = [
    "costs.statement": 21e-6, "costs.select_row": 3.1e-6, "costs.update_row": 2.9e-6,
    "costs.move_row": 1.4e-6, "costs.index_entry": 1.7e-6, "costs.page_image": 2.2e-6,
    "costs.index_step": 70e-9, "costs.replay_record": 0.5e-6, "costs.replay_image": 3e-6,
    "costs.contention": 0.08, "costs.begin": 4e-6, "costs.commit": 6e-6,
  ]

  /// Ten passes, every reading off by a normal error of that relative size.
  static func measured(noise: Double, seed: UInt64) -> Measured {
    var measured = Measured()
    let key = RandomKey(seed: seed, trial: 0, entity: 0, purpose: 1)
    var next: UInt64 = 0
    func off(_ value: Double) -> Double {
      next += 1
      return value * (1 + noise * key.normal(next))
    }
    func c(_ name: String) -> Double { costs["costs.\(name)"] ?? 0 }
    for pass in 0..<10 {
      for rows in [1.0, 8, 40] {
        let read = c("statement") + c("select_row") * rows
        measured.add("select", [["rows": rows, "cpu": off(read), "wall": read + 30e-6]])
        measured.add(
          "hot", [["rows": rows, "cpu": off(read + c("update_row") * rows), "read_cpu": off(read)]])
      }
      let alone = c("statement") + c("select_row")
      measured.add(
        "transaction",
        [["alone": off(alone), "framed": off(alone + c("begin") + c("commit")), "wall": 60e-6]])
      for (indexes, rows) in [(1.0, 250.0), (1, 2_500), (3, 250), (3, 2_500)] {
        let images = pass % 2 == 1 ? rows / 30 + rows * (indexes - 1) / 3 : 0
        let row = c("index_step") + c("update_row") + c("move_row") + c("index_entry") * indexes
        let cpu = 25e-6 + row * rows + c("page_image") * images
        measured.add(
          "batch", [["rows": rows, "indexes": indexes, "images": images, "cpu": off(cpu)]])
      }
      let images = pass % 2 == 1 ? 9_000.0 : 200
      let replay = c("replay_record") * 60_000 + c("replay_image") * images
      measured.add("replay", [["records": 60_000, "images": images, "cpu": off(replay)]])
      measured.add("contention", [["alone": 8e-6, "together": off(8e-6 * 1.08)]])
      measured.add(
        "scan",
        [
          [
            "step_few": off(70e-9 * 200), "step_many": off(70e-9 * 8_000), "rows_few": 200,
            "rows_many": 8_000, "lock_few": 0, "lock_many": 0, "scan": 9e-8, "expression": 0,
          ]
        ])
    }
    return measured
  }
}

@Suite struct CostingTests {
  @Test("Without noise every cost comes back as planted")
  func exact() throws {
    let values = Costing(PlantedServer.measured(noise: 0, seed: 1)).values
    for (name, planted) in PlantedServer.costs {
      let found = try #require(values[name], "\(name)")
      #expect((found / planted - 1).magnitude < 1e-6, "\(name): \(found)")
    }
  }

  @Test("With two per cent of noise the 90 % intervals hold what was planted nine times in ten")
  func coverage() {
    var (covered, all) = (0, 0)
    for seed in 0..<12 as Range<UInt64> {
      let draws = Costing.draws(PlantedServer.measured(noise: 0.02, seed: 50 + seed), count: 100)
      for (name, planted) in PlantedServer.costs {
        guard let spread = SampleQuantiles(draws.compactMap { $0[name] }) else { continue }
        all += 1
        if spread.quantile(0.05) <= planted, planted <= spread.quantile(0.95) { covered += 1 }
      }
    }
    let share = Double(covered) / Double(all)
    // A bootstrap of ten readings is somewhat too sure of itself (Efron and Tibshirani 1993, ch. 13).
    #expect(share > 0.78 && share < 0.97, "\(share) of \(all)")
  }

  @Test("Joint draws keep what a regression ties together")
  func correlation() throws {
    let draws = Costing.draws(PlantedServer.measured(noise: 0.03, seed: 9), count: 200)
    let pairs = draws.compactMap { draw in
      draw["costs.move_row"].flatMap { move in draw["costs.index_entry"].map { (move, $0) } }
    }
    let (mx, my) = (
      pairs.reduce(0) { $0 + $1.0 } / 200, pairs.reduce(0) { $0 + $1.1 } / 200
    )
    let xy = pairs.reduce(0) { $0 + ($1.0 - mx) * ($1.1 - my) }
    let xx = pairs.reduce(0) { $0 + ($1.0 - mx) * ($1.0 - mx) }
    let yy = pairs.reduce(0) { $0 + ($1.1 - my) * ($1.1 - my) }
    #expect(xy / (xx * yy).squareRoot() < -0.3)
  }

  @Test("What was not measured is not there")
  func missing() {
    var measured = Measured()
    measured.add("reads", [["random": 90e-6], ["random": 110e-6]])
    #expect(Costing(measured).values == ["storage.read_latency": 100e-6])
  }

  @Test("A wild pass is seen as noise, a calm one is not")
  func noise() {
    #expect(!Noise(PlantedServer.measured(noise: 0.03, seed: 3)).isTooMuch)
    #expect(Noise(PlantedServer.measured(noise: 0.4, seed: 3)).isTooMuch)
  }
}
