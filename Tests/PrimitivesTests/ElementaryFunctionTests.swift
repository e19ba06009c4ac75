import Foundation
import Primitives
import TestSupport
import Testing

/// The system's functions err by less than 1 ulp and so should ours: neighbours at most.
private func areNeighbours(_ a: Double, _ b: Double) -> Bool {
  a == b || a.nextUp == b || a.nextDown == b || (a.isNaN && b.isNaN)
}

/// From 10⁻³⁰⁰ to 10³⁰⁰, denser around 1.
private let positives: [Double] =
  (-3000...3000).map { Foundation.pow(10, Double($0) / 10) }
  + (1...8000).map { 0.25 + Double($0) * 0.000437 }

@Suite("Elementary functions agree with the system library")
struct ElementaryFunctionTests {
  @Test("log")
  func log() throws {
    try withEvery(
      "x", in: positives + [.leastNonzeroMagnitude, 0x1p-1030, .greatestFiniteMagnitude]
    ) {
      try #require(areNeighbours(Double.log($0), Foundation.log($0)))
    }
    #expect(Double.log(1) == 0)
    #expect(Double.log(0) == -.infinity)
    #expect(Double.log(.infinity) == .infinity)
    #expect(Double.log(-1).isNaN)
    #expect(Double.log(.nan).isNaN)
  }

  @Test("log1p")
  func log1p() throws {
    let small = (1...3000).flatMap { [Double($0) * 3.3e-4, -Double($0) * 3.3e-4] }
    try withEvery("x", in: positives + small + [-0.9999999999999999, 0x1p-1070]) {
      try #require(areNeighbours(Double.log1p($0), Foundation.log1p($0)))
    }
    #expect(Double.log1p(0) == 0)
    #expect(Double.log1p(-1) == -.infinity)
    #expect(Double.log1p(-1.5).isNaN)
  }

  @Test("exp")
  func exp() throws {
    try withEvery("x", in: (-7451...7097).map { Double($0) * 0.1 + 0.0137 }) {
      try #require(areNeighbours(Double.exp($0), Foundation.exp($0)))
    }
    #expect(Double.exp(0) == 1)
    #expect(Double.exp(-1000) == 0)
    #expect(Double.exp(-.infinity) == 0)
    #expect(Double.exp(710) == .infinity)
    #expect(Double.exp(.nan).isNaN)
  }

  @Test("expm1")
  func expm1() throws {
    let around = (-7000...7000).map { Double($0) * 7.3e-4 }
    try withEvery(
      "x", in: around + [1e-20, -1e-9, 20, 39.5, 40, 700, 709.7, -37, -38.7, -39, -800]
    ) {
      try #require(areNeighbours(Double.expm1($0), Foundation.expm1($0)))
    }
    #expect(Double.expm1(0) == 0)
    #expect(Double.expm1(1000) == .infinity)
  }

  @Test("pow")
  func pow() throws {
    let exponents = [
      -350.5, -20, -2.14, -1.07, -1, -0.5, -1e-9, 1e-12, 0.3, 0.5, 1, 2, 3, 17.25, 300,
    ]
    try withEvery("x", in: stride(from: 0, to: positives.count, by: 7).map { positives[$0] }) { x in
      try withEvery("y", in: exponents) { y in
        try #require(areNeighbours(Double.pow(x, y), Foundation.pow(x, y)))
      }
    }
    #expect(Double.pow(2, 10) == 1024)
    #expect(Double.pow(0, 0) == 1)
    #expect(Double.pow(0, 2) == 0)
    #expect(Double.pow(0, -2) == .infinity)
    #expect(Double.pow(.infinity, -1) == 0)
    #expect(Double.pow(0.5, .infinity) == 0)
    #expect(Double.pow(0.5, -.infinity) == .infinity)
    #expect(Double.pow(-2, 2).isNaN)
    #expect(Double.pow(1e-160, 2) == Foundation.pow(1e-160, 2))
  }

  @Test("ln Γ to 10⁻¹⁴, absolutely near its zeros and relatively elsewhere")
  func logGamma() throws {
    try withEvery("x", in: positives.filter { $0 < 1e200 } + [0.5, 1, 2, 9.99, 10, 240e6]) { x in
      let expected: Double = lgamma(x)
      let error = (Double.logGamma(x) - expected).magnitude
      try #require(error <= 1e-14 * max(1, expected.magnitude))
    }
    #expect(Double.logGamma(0) == .infinity)
  }

  @Test("The normal quantile inverts the normal distribution, tails included")
  func normalQuantile() throws {
    try withEvery("z", in: stride(from: -8.1, through: 8.1, by: 0.01)) { z in
      // Φ(−|z|), of which erfc keeps the relative precision; the quantile is odd around ½.
      let p = 0.5 * erfc(z.magnitude / 2.0.squareRoot())
      let quantile = Double.normalQuantile(p)
      try #require((quantile + z.magnitude).magnitude <= 1e-14 * max(1, z.magnitude))
    }
    #expect(Double.normalQuantile(0.5) == 0)
    #expect(Double.normalQuantile(0.9375) == -Double.normalQuantile(0.0625))
  }
}
