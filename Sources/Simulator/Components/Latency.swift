import Primitives
import Scenarios

/// How long a device or a network takes to answer beside any waiting, and how much that scatters.
package struct Latency: Sendable, Hashable {
  package let mean: TimeSpan
  /// Standard deviation over mean; 0 is a constant.
  package let variation: Double
  private let law: LognormalPieces
  /// One answer over the mean where 0, 1, 2, … of `cells` equal shares of all answers are shorter.
  private let quantiles: [Double]
  private static let cells = 1_024.0
  /// Beyond this share at either end the law bends too much to be read off straight lines.
  private static let tail = 1.0 / 64

  /// A lognormal law, or a constant.
  package init(mean: TimeSpan, variation: Double = 0) {
    precondition(mean >= .zero && variation >= 0)
    let (location, scale) = Self.logarithm(variation, count: 1)
    self.init(
      mean: mean, variation: variation, LognormalPieces(location: location, scale: scale))
  }

  /// A measured law around its median.
  package init(median: TimeSpan, scatter: Quantiles) {
    let law = LognormalPieces(scatter)
    let (mean, variation) = law.moments
    self.init(mean: median * mean, variation: variation, law.divided(by: mean))
  }

  private init(mean: TimeSpan, variation: Double, _ law: LognormalPieces) {
    self.mean = mean
    self.variation = variation
    self.law = law
    quantiles = (0...Int(Self.cells)).map {
      let share = min(max(Double($0) / Self.cells, Self.tail / 2), 1 - Self.tail / 2)
      return law.value(Double.normalQuantile(share))
    }
  }

  /// Of the logarithm of `count` answers' sum, over its mean.
  private static func logarithm(_ variation: Double, count: Int) -> (Double, Double) {
    let variance = Double.log1p(variation * variation / Double(count))
    return (-variance / 2, variance.squareRoot())
  }

  /// The length of `count` answers one after another, from the random number at `index`.
  ///
  /// The sum of several is drawn as one lognormal with the sum's mean and variance.
  func draw(sumOf count: Int, from key: RandomKey, at index: UInt64) -> TimeSpan {
    let total = mean.seconds * Double(count)
    guard variation > 0 else { return TimeSpan(seconds: total) }
    if count == 1 { return TimeSpan(seconds: total * answer(key.uniform(index))) }
    let (location, scale) = Self.logarithm(variation, count: count)
    return TimeSpan(seconds: total * Double.exp(scale * key.normal(index) + location))
  }

  /// Which answer, over the mean, this share of all answers is shorter than.
  ///
  /// Straight between the 1,024-quantiles: 0.006 % from a lognormal law at most.
  private func answer(_ share: Double) -> Double {
    guard share > Self.tail, share < 1 - Self.tail else {
      return law.value(Double.normalQuantile(share))
    }
    let place = share * Self.cells
    let below = Int(place)
    return quantiles[below] + (quantiles[below + 1] - quantiles[below]) * (place - Double(below))
  }
}

/// A law whose logarithm is made of straight lines over the normal quantile: one line is a lognormal.
struct LognormalPieces: Sendable, Hashable {
  private struct Piece: Sendable, Hashable {
    /// The normal quantile at which it begins.
    var from: Double
    var location: Double
    var scale: Double
  }
  /// Ascending; the first one reaches down for ever.
  private var pieces: [Piece]

  /// Nothing is drawn beyond what one answer in 10,000 would reach: nobody has measured there.
  private static let furthest = 3.719

  init(location: Double, scale: Double) {
    pieces = [Piece(from: -.infinity, location: location, scale: scale)]
  }

  /// Through measured quantiles; the outermost pieces go on beyond them.
  init(_ quantiles: Quantiles) {
    let knots = quantiles.points.map {
      (z: Double.normalQuantile($0.share), log: Double.log($0.ratio))
    }
    pieces = zip(knots, knots.dropFirst()).map { a, b in
      let scale = (b.log - a.log) / (b.z - a.z)
      return Piece(from: a.z, location: a.log - scale * a.z, scale: scale)
    }
    let last = pieces[pieces.count - 1]
    pieces.append(
      Piece(
        from: Self.furthest, location: last.scale * Self.furthest + last.location, scale: 0))
  }

  func value(_ z: Double) -> Double {
    var piece = pieces[0]
    for next in pieces.dropFirst() where next.from <= z { piece = next }
    return Double.exp(piece.scale * z + piece.location)
  }

  /// Mean, and standard deviation over mean, from 8,192 equal shares.
  var moments: (mean: Double, variation: Double) {
    let shares = 8_192
    var (sum, squares) = (0.0, 0.0)
    for share in 0..<shares {
      let value = value(Double.normalQuantile((Double(share) + 0.5) / Double(shares)))
      sum += value
      squares += value * value
    }
    let mean = sum / Double(shares)
    return (mean, max(0, squares / Double(shares) / (mean * mean) - 1).squareRoot())
  }

  func divided(by factor: Double) -> LognormalPieces {
    var copy = self
    for index in pieces.indices { copy.pieces[index].location -= Double.log(factor) }
    return copy
  }
}
