import Primitives
import Scenarios
import Testing

@testable import Simulator

@Suite("When autovacuum comes and how fast it may go")
struct AutovacuumTests {
  private func vacuum(_ settings: String, version: Int = 16, rows: Int = 1_000) throws -> Autovacuum
  {
    let scenario = try SmallScenario.load(
      database: "{version: \"\(version)\", settings: {\(settings)}}")
    return Autovacuum(scenario.database.settings, rows: rows)
  }

  private static func pages(
    heap: Int, unmodified: Double = 0, leaves: Int = 0
  ) -> Autovacuum.Pages {
    .init(heap: heap, unmodified: unmodified, leaves: leaves)
  }

  @Test("Indexes come after the heap; a checkpoint leaves no page that needs no image")
  func order() throws {
    var vacuum = try vacuum("autovacuum_vacuum_cost_delay: 2ms, autovacuum_vacuum_cost_limit: 210")
    vacuum.start(
      at: .zero, horizon: .zero, Self.pages(heap: 700, unmodified: 0.25, leaves: 600), missShare: 0)
    #expect(vacuum.unmodifiedShare == 0.25)
    let heap = (0..<3).map { _ in
      let taken = vacuum.pagesForTick(at: .zero)
      return vacuum.heapPages(ofLast: taken)
    }
    #expect(heap == [500, 200, 0])
    vacuum.checkpointStarted()
    #expect(vacuum.unmodifiedShare == 1)
  }

  @Test("The threshold is a base and a share of the rows; exactly that many is not enough")
  func threshold() throws {
    var vacuum = try vacuum(
      "autovacuum_vacuum_threshold: 50, autovacuum_vacuum_scale_factor: 0.2")
    #expect(vacuum.threshold == 250)
    vacuum.add(deadRows: 250)
    #expect(!vacuum.isDue)
    vacuum.add(deadRows: 1)
    #expect(vacuum.isDue)
  }

  @Test("Version 18 caps the threshold; without autovacuum nothing is ever due")
  func caps() throws {
    let capped = try vacuum("autovacuum_vacuum_max_threshold: 500", version: 18, rows: 1_000_000)
    #expect(capped.threshold == 500)
    let uncapped = try vacuum("autovacuum: true", version: 17, rows: 1_000_000)
    #expect(uncapped.threshold == 200_050)
    var off = try vacuum("autovacuum: false")
    off.add(deadRows: 1_000_000)
    #expect(!off.isDue)
  }

  @Test("The cost limit lets limit / delay through a second: dirtied hits cost 21")
  func pace() throws {
    var vacuum = try vacuum("autovacuum_vacuum_cost_delay: 2ms, autovacuum_vacuum_cost_limit: 210")
    vacuum.add(deadRows: 300)
    vacuum.start(at: .zero, horizon: .zero, Self.pages(heap: 100_000), missShare: 0)
    // 210 / 2 ms = 105,000 a second, 10,500 a tick of 100 ms, 500 pages of cost 21.
    #expect(vacuum.pagesForTick(at: .zero) == 500)
    #expect(vacuum.pagesLeft == 99_500)
    #expect(!vacuum.isDue)
  }

  @Test("A limit that lets less than a page through a tick lets the pages through in time")
  func slow() throws {
    var vacuum = try vacuum("autovacuum_vacuum_cost_delay: 100ms, autovacuum_vacuum_cost_limit: 7")
    vacuum.start(at: .zero, horizon: .zero, Self.pages(heap: 100_000), missShare: 0)
    // 70 a second are 3 1/3 pages of cost 21.
    let pages = (0..<602).map { _ in vacuum.pagesForTick(at: .zero) }
    #expect(pages.max() == 1)
    #expect(pages.reduce(0, +) == 200)
  }

  @Test("Without a delay one tick does everything")
  func noDelay() throws {
    var vacuum = try vacuum("autovacuum_vacuum_cost_delay: 0ms")
    vacuum.start(at: .zero, horizon: .zero, Self.pages(heap: 12_345), missShare: 0.5)
    #expect(vacuum.pagesForTick(at: .zero) == 12_345)
    #expect(vacuum.pagesLeft == 0)
  }

  @Test("A pass removes what was dead at its start; a pinned one removes nothing")
  func passes() throws {
    var vacuum = try vacuum("autovacuum_vacuum_threshold: 50, autovacuum_vacuum_scale_factor: 0")
    vacuum.add(deadRows: 100)
    vacuum.start(at: .zero, horizon: .zero, Self.pages(heap: 10), missShare: 0)
    vacuum.add(deadRows: 30)
    #expect(vacuum.finish(pinned: false) == 100)
    #expect(vacuum.deadRows == 30)
    vacuum.add(deadRows: 40)
    vacuum.start(at: .zero, horizon: .zero, Self.pages(heap: 10), missShare: 0)
    #expect(vacuum.finish(pinned: true) == 0)
    #expect(vacuum.deadRows == 70)
    #expect(vacuum.added == 170)
  }
}
