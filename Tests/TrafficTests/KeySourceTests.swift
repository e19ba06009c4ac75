import Primitives
import TestSupport
import Testing
import Traffic

@Suite("KeySource")
struct KeySourceTests {
  private func keys(
    _ distribution: KeyDistribution, rows: [Int] = [1000], scatter: Bool = false, seed: UInt64 = 7,
    trial: Int = 0, name: String = "checkout"
  ) -> KeySource {
    KeySource(
      class: openClass(keys: distribution, scatter: scatter, name: name), tableRows: rows,
      seed: seed, trial: trial)
  }

  private static let distributions: [KeyDistribution] = [
    .uniform, .zipf(s: 1), .hotspot(fraction: 0.1, share: 0.8), .latest(s: 0.99),
  ]

  @Test("The keys never change")
  func golden() {
    let zipf = keys(.zipf(s: 1.07), rows: [240_000_000], scatter: true)
    #expect(
      (0..<4).map { zipf.rank(arrival: $0, table: 0) } == [
        80_326_807, 149_212_582, 44_186_876, 3_009_059,
      ])
    #expect(
      (0..<4).map { keys(.uniform).rank(arrival: $0, table: 0, draw: 1) } == [610, 969, 524, 630])
  }

  /// The law itself, every rank of the popular ones and the rest in groups of equal expectation.
  @Test(
    "Zipf frequencies are k^−s", arguments: [0.5, 0.99, 1, 1.07, 1.2, 2.5], [3, 1000, 100_000])
  func zipfFrequencies(s: Double, rows: Int) {
    let draws = 60_000
    let weights = (1...rows).map { Double.pow(Double($0), -s) }
    let total = weights.reduce(0, +)
    var cellOfRank: [Int] = []
    var expected: [Double] = []
    for weight in weights {
      if expected.isEmpty || (expected.last ?? 0) >= 100 { expected.append(0) }
      expected[expected.count - 1] += weight / total * Double(draws)
      cellOfRank.append(expected.count - 1)
    }
    var observed = [Int](repeating: 0, count: expected.count)
    let keys = keys(.zipf(s: s), rows: [rows])
    for i in 0..<UInt64(draws) { observed[cellOfRank[keys.rank(arrival: i, table: 0)]] += 1 }
    #expect(
      chiSquare(observed: observed, expected: expected)
        < chiSquareCritical(degreesOfFreedom: expected.count - 1, significance: 1e-4))
  }

  @Test("Uniform keys fill the table evenly")
  func uniform() {
    var cells = [Int](repeating: 0, count: 50)
    let keys = keys(.uniform, rows: [240_000_000])
    for i in 0..<UInt64(20_000) { cells[keys.rank(arrival: i, table: 0) / 4_800_000] += 1 }
    #expect(chiSquareOfUniform(cells) < chiSquareCritical(degreesOfFreedom: 49))
  }

  @Test("A hotspot's rows get their share, evenly, and the others the rest, evenly")
  func hotspot() {
    let keys = keys(.hotspot(fraction: 0.1, share: 0.8))
    var cells = [Int](repeating: 0, count: 100)
    for i in 0..<UInt64(50_000) { cells[keys.rank(arrival: i, table: 0) / 10] += 1 }
    let expected = (0..<100).map { $0 < 10 ? 50_000 * 0.8 / 10 : 50_000 * 0.2 / 90 }
    #expect(
      chiSquare(observed: cells, expected: expected) < chiSquareCritical(degreesOfFreedom: 99))
  }

  @Test("Latest is zipf from the table's end, scattered or not", arguments: [false, true])
  func latest(scatter: Bool) {
    let latest = keys(.latest(s: 0.99), scatter: scatter)
    let zipf = keys(.zipf(s: 0.99))
    for i in 0..<UInt64(1000) {
      #expect(latest.rank(arrival: i, table: 0) == 999 - zipf.rank(arrival: i, table: 0))
    }
  }

  @Test("Scatter moves each row of the popularity order to one row of the table")
  func scatter() {
    let plain = keys(.zipf(s: 0.8), rows: [100])
    let scattered = keys(.zipf(s: 0.8), rows: [100], scatter: true)
    var image = [Int?](repeating: nil, count: 100)
    for i in 0..<UInt64(5000) {
      let popularity = plain.rank(arrival: i, table: 0)
      let row = scattered.rank(arrival: i, table: 0)
      #expect(image[popularity] == nil || image[popularity] == row)
      image[popularity] = row
    }
    let rows = image.compactMap { $0 }
    #expect(Set(rows).count == rows.count)
    #expect(rows != rows.sorted())
  }

  @Test("The hot row is the same for every trial and class, and another for another seed")
  func hotRowIsShared() {
    func hottest(_ keys: KeySource) -> Int? {
      var counts = [Int](repeating: 0, count: 1000)
      for i in 0..<UInt64(500) { counts[keys.rank(arrival: i, table: 0)] += 1 }
      return counts.indices.max { counts[$0] < counts[$1] }
    }
    let zipf = KeyDistribution.zipf(s: 1.5)
    let base = hottest(keys(zipf, scatter: true))
    #expect(hottest(keys(zipf, scatter: true, trial: 3)) == base)
    #expect(hottest(keys(zipf, scatter: true, name: "refund")) == base)
    #expect(hottest(keys(zipf, scatter: true, seed: 8)) != base)
  }

  @Test("Arrivals, draws, tables, trials and classes draw independently of each other")
  func independence() {
    let keys = keys(.uniform, rows: [10, 10])
    let otherTrial = self.keys(.uniform, rows: [10, 10], trial: 1)
    let otherClass = self.keys(.uniform, rows: [10, 10], name: "refund")
    var pairs = [[Int]](repeating: [Int](repeating: 0, count: 100), count: 5)
    for i in 0..<UInt64(10_000) {
      let row = keys.rank(arrival: i, table: 0)
      pairs[0][row * 10 + keys.rank(arrival: i + 1, table: 0)] += 1
      pairs[1][row * 10 + keys.rank(arrival: i, table: 0, draw: 1)] += 1
      pairs[2][row * 10 + keys.rank(arrival: i, table: 1)] += 1
      pairs[3][row * 10 + otherTrial.rank(arrival: i, table: 0)] += 1
      pairs[4][row * 10 + otherClass.rank(arrival: i, table: 0)] += 1
    }
    for cells in pairs {
      #expect(chiSquareOfUniform(cells) < chiSquareCritical(degreesOfFreedom: 99))
    }
  }

  @Test("Every row is inside the table, down to one row", arguments: distributions)
  func bounds(distribution: KeyDistribution) {
    for rows in [1, 2, 7] {
      for scatter in [false, true] {
        let keys = keys(distribution, rows: [rows], scatter: scatter)
        for i in 0..<UInt64(300) {
          #expect((0..<rows).contains(keys.rank(arrival: i, table: 0)))
        }
      }
    }
  }
}

@Suite("KeyPopularity")
struct KeyPopularityTests {
  /// Σ p² by direct summation in 64-bit floating point, outside this code base.
  @Test(
    "Effective rows of Zipf: H_s² / H_2s",
    arguments: [
      (100_000, 0.5, 32_932), (100_000, 0.8, 908.87), (100_000, 0.99, 98.124),
      (1_000_000, 0.99, 142.366), (1_000_000, 1.2, 20.123),
    ])
  func effectiveRowsOfZipf(rows: Int, s: Double, expected: Double) {
    let value = KeyPopularity(rows: rows, distribution: .zipf(s: s)).effectiveRows()
    #expect((value / expected - 1).magnitude < 2e-5)
  }

  @Test(
    "Probabilities sum to 1 and their squares to 1 / effective rows",
    arguments: [
      .uniform, .zipf(s: 0.5), .zipf(s: 1), .latest(s: 1.2), .zipf(s: 3),
      .hotspot(fraction: 0.2, share: 0.8), .hotspot(fraction: 1, share: 0.3),
    ] as [KeyDistribution], [1, 32, 33, 5000])
  func sums(distribution: KeyDistribution, rows: Int) {
    let popularity = KeyPopularity(rows: rows, distribution: distribution)
    let p = (1...rows).map { popularity.probability(ofRank: $0) }
    #expect((p.reduce(0, +) - 1).magnitude < 1e-12)
    #expect((p.reduce(0) { $0 + $1 * $1 } * popularity.effectiveRows() - 1).magnitude < 1e-12)
  }

  /// Tay's b–c rule: c of the accesses on b of the rows, D / (1 + (b − c)² / (b (1 − b))).
  @Test("A hotspot of 20 % that gets 80 %: D / 3.25")
  func hotspot() {
    let popularity = KeyPopularity(rows: 1000, distribution: .hotspot(fraction: 0.2, share: 0.8))
    #expect((popularity.effectiveRows() - 1000 / 3.25).magnitude < 1e-9)
  }
}

@Suite("ThinkSource")
struct ThinkSourceTests {
  private let closed = TrafficClass(
    name: "report", arrivals: .closed(clients: 4, thinkBetween: .milliseconds(500)), statements: [])

  @Test("Think times have their mean and differ by client, turn, trial")
  func mean() throws {
    let means = try oracleSeeds.map { seed in
      let source = try #require(ThinkSource(class: closed, seed: seed, trial: 0))
      return (0..<2000).reduce(0.0) {
        $0 + source.thinkTime(client: $1 % 4, turn: UInt64($1 / 4)).seconds
      } / 2000
    }
    #expect(ConfidenceInterval(of: means).contains(0.5))
    let source = try #require(ThinkSource(class: closed, seed: 7, trial: 0))
    let other = try #require(ThinkSource(class: closed, seed: 7, trial: 1))
    let times = [
      source.thinkTime(client: 0, turn: 0), source.thinkTime(client: 1, turn: 0),
      source.thinkTime(client: 0, turn: 1), other.thinkTime(client: 0, turn: 0),
    ]
    #expect(Set(times).count == 4)
  }

  @Test("An open class has none")
  func open() {
    #expect(ThinkSource(class: openClass(), seed: 7, trial: 0) == nil)
  }
}
