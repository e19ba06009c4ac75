import Primitives

/// Customers of a queue in blocks of their arrivals, and what is seen of them.
struct ControlledBlocks {
  /// All, those of the warm-up included.
  let customers: Int

  private static let blocks = 100

  private let outputs: Int
  private let warmUp: Int
  private let size: Int
  private var controls: ArrivalControls
  private var excesses: [[Double]] = []
  private var sums: [Double]
  private var arrived = 0

  init(outputs: Int, customers: Int, controls: ArrivalControls) {
    self.outputs = outputs
    self.controls = controls
    size = customers / Self.blocks
    warmUp = max(100, customers / 50)
    self.customers = warmUp + size * Self.blocks
    sums = [Double](repeating: 0, count: outputs * Self.blocks)
  }

  mutating func arrive(gap: Double, service: Double) {
    controls.arrive(gap: gap, service: service)
    arrived += 1
    guard arrived >= warmUp && (arrived - warmUp) % size == 0 else { return }
    let excess = controls.endBlock()
    if arrived > warmUp { excesses.append(excess) }
  }

  /// Whether the customer of that number, counted from 0, comes after the warm-up.
  func counts(_ customer: Int) -> Bool { customer >= warmUp }

  mutating func add(_ value: Double, to output: Int, of customer: Int) {
    guard counts(customer) else { return }
    sums[(customer - warmUp) / size * outputs + output] += value
  }

  /// Means of one customer, as they were seen and without the luck of the inputs.
  var means: (raw: [Double], controlled: [Double]) {
    var all = ControlledMeans(outputs: outputs, controls: ArrivalControls.count)
    for block in 0..<Self.blocks {
      let values = sums[block * outputs..<(block + 1) * outputs].map { $0 / Double(size) }
      all.add(values, excesses: excesses[block])
    }
    return (all.rawMeans, all.means)
  }
}
