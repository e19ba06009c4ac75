import Calibration
import Foundation
import Primitives
import Testing

@Suite struct StatisticsTests {
  @Test("Costs behind sums come out exactly, whatever the scale of their amounts")
  func exactCosts() throws {
    let costs = [12e-6, 2.3e-6, 0.4e-6]
    let amounts = (1...12).map { n -> [Double] in [1, Double(n * n * 100), Double(n % 5) * 4_000] }
    let values = amounts.map { row -> Double in
      row[0] * costs[0] + row[1] * costs[1] + row[2] * costs[2]
    }
    let found = try #require(LinearFit.costs(amounts, values))
    for (a, b) in zip(found, costs) { #expect((a - b).magnitude < 1e-9 * b) }
  }

  @Test("A cost is never negative: the others make up for it")
  func noNegativeCost() throws {
    let amounts: [[Double]] = [[1, 1], [1, 2], [1, 3], [1, 4]]
    let found = try #require(LinearFit.costs(amounts, [4, 3, 2, 1]))
    #expect(found[1] == 0)
    #expect((found[0] - 2.5).magnitude < 1e-9)
  }

  @Test("Amounts that go together do not tell their costs apart")
  func collinear() {
    #expect(LinearFit.costs([[1, 2], [2, 4], [3, 6]], [1, 2, 3]) == nil)
  }

  @Test("Eigenvalues and inverse of a matrix known by hand")
  func matrix() throws {
    var matrix = SymmetricMatrix(size: 3)
    // 2 on the diagonal, −1 beside it: 2 − √2, 2, 2 + √2.
    for i in 0..<3 { matrix[i, i] = 2 }
    matrix[0, 1] = -1
    matrix[1, 2] = -1
    for (a, b) in zip(matrix.eigenvalues, [2 - 2.0.squareRoot(), 2, 2 + 2.0.squareRoot()]) {
      #expect((a - b).magnitude < 1e-10)
    }
    let inverse = try #require(matrix.inverse)
    #expect((inverse[0, 0] - 0.75).magnitude < 1e-12 && (inverse[0, 2] - 0.25).magnitude < 1e-12)
  }

  @Test("The simplex goes down Rosenbrock's valley")
  func valley() {
    var search = NelderMead()
    search.mostEvaluations = 400
    search.tolerance = 1e-7
    let found = search.minimise(from: [-1.2, 1]) { x in
      let (a, b) = (1 - x[0], x[1] - x[0] * x[0])
      return a * a + 100 * b * b
    }
    #expect(found.value < 1e-8 && found.evaluations <= 410)
  }

  @Test("Parameters that move the metrics alike are not identifiable; their condition says so")
  func identifiability() {
    let apart = Identifiability(jacobian: [[10, 0], [0, 5], [3, 3]])
    #expect(apart.isIdentifiable)
    let alike = Identifiability(jacobian: [[10, 10.001], [5, 5], [3, 3]])
    #expect(!alike.isIdentifiable && alike.condition > 1e4)
    #expect(!Identifiability(jacobian: [[10, 0], [5, 0]]).isIdentifiable)
  }

  @Test("Deviations are those of independent metrics")
  func deviations() throws {
    let found = Identifiability(jacobian: [[4, 0], [0, 2], [0, 2]])
    let deviations = try #require(found.deviations)
    #expect((deviations[0] - 0.25).magnitude < 1e-12)
    #expect((deviations[1] - 1 / 8.0.squareRoot()).magnitude < 1e-12)
  }

  @Test("One wild value moves neither the median nor the relative spread")
  func robust() throws {
    let values = (0..<40).map { 100 + Double($0 % 5) }
    let calm = try #require(SampleQuantiles(values))
    let wild = try #require(SampleQuantiles(values + [1e9]))
    #expect(wild.median == calm.median)
    #expect(wild.relativeSpread < 0.02)
  }

  @Test("A sample of some passes has different ones, one of all passes may have some of them twice")
  func samplesOfPasses() {
    var measured = Measured()
    for pass in 0..<10 {
      var one = Measured()
      one.add("cpu", [["seconds": Double(pass)]])
      measured.add(one, number: pass)
    }
    let some = measured.resampled(size: 4) { count, _ in count - 1 }
    #expect(some.values("cpu", "seconds") == [9, 8, 7, 6])
    let all = measured.resampled { count, _ in count - 1 }
    #expect(all.values("cpu", "seconds") == Array(repeating: 9, count: 10))
  }
}
