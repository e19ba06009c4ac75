import Primitives
import Scenarios
import Testing
import Traffic

@testable import Simulator

@Suite("Which share of page touches misses memory")
struct BufferCacheTests {
  /// 400,000 rows of 1,000 bytes: 8 a page, 50,000 heap pages and 1,100 leaf pages.
  private func cache(memory: Int, keys: String, classes: Int = 1) throws
    -> (BufferCache, pages: Double)
  {
    let traffic = (0..<classes).map {
      "{name: read-\($0), rate: 100/s, statements: [{kind: select, rows: 1, by: primary_key}], "
        + "keys: \(keys)}"
    }
    let scenario = try SmallScenario.load(
      table: "{name: t, rows: 400k, row_width: 1000B}",
      traffic: "[\(traffic.joined(separator: ", "))]",
      database: "{memory: 1GiB, settings: {shared_buffers: \(memory)MiB}, "
        + "costs: {os_cache_share: 0%}}")
    let layout = RowLayout(scenario.tables[0])
    return (BufferCache(scenario, layouts: [layout]), Double(layout.heapPages))
  }

  @Test(
    "Uniform keys hit with the share of the pages that memory holds", arguments: [50, 100, 200])
  func uniform(memory: Int) throws {
    let (cache, pages) = try cache(memory: memory, keys: "{distribution: uniform}")
    let held = Double(memory << 20) / 8_192 / pages
    #expect(!cache.fits)
    #expect(abs(1 - cache.missShare(class: 0) - held) < 0.01)
  }

  @Test("A hot set that fits is nearly always hit, and misses are those of the cold rows")
  func hotspot() throws {
    let (cache, _) = try cache(
      memory: 200, keys: "{distribution: hotspot, fraction: 5%, share: 90%}")
    #expect(cache.missShare(class: 0) < 0.1)
    let (uniform, _) = try self.cache(memory: 200, keys: "{distribution: uniform}")
    #expect(cache.missShare(class: 0) < uniform.missShare(class: 0) / 4)
  }

  @Test("More skew or more memory never misses more")
  func monotone() throws {
    func miss(_ memory: Int, _ s: String) throws -> Double {
      try cache(memory: memory, keys: "{distribution: zipf, s: \(s)}").0.missShare(class: 0)
    }
    #expect(try miss(100, "1.2") < miss(100, "0.9"))
    #expect(try miss(200, "0.9") < miss(100, "0.9"))
    #expect(try miss(1_000, "0.9") == 0)
  }

  @Test("A scan that passes through costs the traffic hits")
  func scan() throws {
    var (cache, _) = try cache(memory: 100, keys: "{distribution: zipf, s: 0.9}")
    let before = cache.missShare(class: 0)
    cache.refresh(scanPagesPerSecond: 2_000)
    #expect(cache.missShare(class: 0) > before * 1.2)
    cache.refresh(scanPagesPerSecond: 0)
    #expect(abs(cache.missShare(class: 0) - before) < 1e-9)
  }

  @Test(
    "A batch misses the pages that memory lacks, also in a table that traffic touches all over",
    arguments: [
      "{distribution: uniform}", "{distribution: zipf, s: 0.9}",
      "{distribution: hotspot, fraction: 5%, share: 90%}",
    ])
  func batch(keys: String) throws {
    for classes in [1, 2] {
      let (warm, pages) = try self.cache(memory: 200, keys: keys, classes: classes)
      var cache = warm
      let held = Double(200 << 20) / 8_192 / (pages + 1_100)
      for scan in [0.0, 20, 2_000] {
        cache.refresh(scanPagesPerSecond: scan)
        #expect(abs(1 - cache.coldShare - held) < 0.02, "\(scan) pages a second")
      }
    }
  }

  @Test(
    "A batch on a table that no traffic touches finds only what the traffic's pages leave room for",
    arguments: [(200, 0.0), (500, 0.27)])
  func beside(memory: Int, held: Double) throws {
    let scenario = try SmallScenario.load(
      table: "{name: t, rows: 400k, row_width: 1000B}",
      traffic: "[{name: read, rate: 100/s, statements: [{kind: select, rows: 1}]}]",
      database: "{memory: 1GiB, settings: {shared_buffers: \(memory)MiB}, "
        + "costs: {os_cache_share: 0%}}")
    var changed = scenario
    changed.tables.append(scenario.tables[0])
    changed.traffic[0].statements[0].table = 1
    let layout = RowLayout(scenario.tables[0])
    let cache = BufferCache(changed, layouts: [layout, layout])
    #expect(abs(1 - cache.coldShare - held) < 0.01, "\(cache.coldShare)")
  }
}
