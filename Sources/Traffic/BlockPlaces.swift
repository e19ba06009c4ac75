import Primitives

/// The places, in operational time, of the arrivals of one block; see `ArrivalSource`.
struct BlockPlaces {
  /// Expected arrivals per block: large enough that drawing the number costs little per arrival,
  /// small enough that a jump costs two microseconds.
  static var length: Double { 64 }

  let process: TrafficClass.Process
  let key: RandomKey
  /// From the block's start, ascending; one array for all blocks, so that none allocates.
  private(set) var all: [Double] = []

  init(process: TrafficClass.Process, key: RandomKey) {
    self.process = process == .gamma(cv: 0) ? .constant : process
    self.key = key
  }

  mutating func draw(block: UInt64) {
    all.removeAll(keepingCapacity: true)
    var stream = RandomStream(key.child(block))
    switch process {
    case .poisson: drawPoisson(&stream)
    case .constant: drawConstant()
    case .gamma(let cv): drawGamma(&stream, shape: 1 / (cv * cv))
    }
  }

  /// Uniform order statistics as partial sums of n + 1 exponentials over their total: no sorting
  /// (Devroye, *Non-Uniform Random Variate Generation*, 1986, §V.2).
  private mutating func drawPoisson(_ stream: inout RandomStream) {
    let number = stream.poisson(mean: Self.length)
    var sum = 0.0
    for _ in 0..<number {
      sum += stream.exponential()
      all.append(sum)
    }
    let scale = Self.length / (sum + stream.exponential())
    for i in all.indices { all[i] *= scale }
  }

  private mutating func drawConstant() {
    // No block draws with the key itself.
    let phase = key.uniform(0)
    for k in 0..<Int(Self.length) { all.append(Double(k) + phase) }
  }

  /// The first gap is the residual life of a running one: a uniform share of a length-biased gap,
  /// which for gamma has one more unit of shape.
  private mutating func drawGamma(_ stream: inout RandomStream, shape: Double) {
    var place = stream.uniform() * stream.gamma(shape: shape + 1) / shape
    while place < Self.length {
      all.append(place)
      place += stream.gamma(shape: shape) / shape
    }
  }
}
