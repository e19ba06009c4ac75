import Glibc
import Primitives

/// Exponential spans by the ziggurat.
///
/// Marsaglia, Tsang, J. Stat. Softw. 5(8), 2000; the table as in Doornik 2005.
struct Exponential: ~Copyable {
  private let edge: UnsafeMutablePointer<Double>
  private let density: UnsafeMutablePointer<Double>
  var generator: Generator

  init(seed: UInt64) {
    generator = Generator(seed: seed)
    edge = .allocate(capacity: 257)
    density = .allocate(capacity: 257)
    let tail = 7.69711747013104972
    let area = 3.949659822581572e-3
    edge[0] = area / exp(-tail)
    edge[1] = tail
    for i in 2..<256 { edge[i] = -log(area / edge[i - 1] + exp(-edge[i - 1])) }
    edge[256] = 0
    for i in 0...256 { density[i] = exp(-edge[i]) }
  }

  deinit {
    edge.deallocate()
    density.deallocate()
  }

  /// A span of `mean` nanoseconds on average.
  @inline(__always)
  mutating func span(mean: Double) -> TimeSpan {
    let bits = generator.nextBits()
    let layer = Int(bits & 255)
    var x = unit(bits) * edge[layer]
    if x >= edge[layer + 1] { x = slowly(layer, x) }
    return TimeSpan(nanoseconds: Int64(x * mean))
  }

  @inline(never)
  private mutating func slowly(_ startLayer: Int, _ startX: Double) -> Double {
    var layer = startLayer
    var x = startX
    while true {
      let u = unit(generator.nextBits())
      if layer == 0 { return edge[1] - log(1 - u) }
      if density[layer] + u * (density[layer + 1] - density[layer]) < exp(-x) { return x }
      let bits = generator.nextBits()
      layer = Int(bits & 255)
      x = unit(bits) * edge[layer]
      if x < edge[layer + 1] { return x }
    }
  }
}

private func unit(_ bits: UInt64) -> Double { Double(bits >> 11) * 0x1p-53 }
