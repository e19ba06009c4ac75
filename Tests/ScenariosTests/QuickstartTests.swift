import Foundation
import Gates
import Primitives
import Strategies
import Testing
import Traffic

@testable import Scenarios

/// The repository's top folder.
let repository = URL(fileURLWithPath: #filePath)
  .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

@Suite struct QuickstartTests {
  @Test("The ten-line scenario loads with its presets filled in")
  func quickstart() throws {
    let path = repository.appendingPathComponent("scenarios/quickstart.yaml").path
    let loaded = try loadOrPrint { () throws(ScenarioFailure) in try ScenarioFile.load(path: path) }
    let scenario = loaded.scenario
    #expect(loaded.warnings.isEmpty, "\(ScenarioFile.render(loaded.warnings))")
    #expect(scenario.name == "quickstart")
    #expect(scenario.tables[0].rows == 10_000_000)
    #expect(scenario.traffic.map(\.name) == ["oltp-mixed-read", "oltp-mixed-write"])
    #expect(scenario.traffic[0].arrivals == .open(rate: 225, process: .poisson))
    #expect(scenario.traffic[1].arrivals == .open(rate: 75, process: .poisson))
    #expect(scenario.database.storage.iops == 12_000)
    #expect(scenario.database.settings.sharedBuffers == 16 << 30)
    #expect(scenario.strategy.batch == .rows(2_000))
    #expect(scenario.strategy.pause == .fixed(.milliseconds(20)))
    #expect(scenario.gates[2].limit == .value(1_800))
    #expect(scenario.backfill?.adds == 8)
  }
}

func loadOrPrint(
  _ body: () throws(ScenarioFailure) -> LoadedScenario
) throws -> LoadedScenario {
  do {
    return try body()
  } catch {
    Issue.record("\(error)\n\(ScenarioFile.render(error.problems))")
    throw error
  }
}
