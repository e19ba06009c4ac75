import Gates
import Strategies

/// `… <= 40ms`: the comparison and the limit of a gate or a throttle rule, with offsets into the
/// text for messages.
struct ComparisonText {
  struct Part {
    var text: String
    /// In Unicode scalars from the start of the text.
    var offset: Int
    var length: Int { text.unicodeScalars.count }
  }
  /// Before the operator.
  var subject: Part
  var comparison: Part
  /// After it.
  var limit: Part

  private static let symbols = "<>=!~".unicodeScalars

  /// Nil where there is no operator.
  init?(_ text: String) {
    let scalars = Array(text.unicodeScalars)
    guard let start = scalars.firstIndex(where: { Self.symbols.contains($0) }) else { return nil }
    var end = start
    while end < scalars.count, Self.symbols.contains(scalars[end]) { end += 1 }
    subject = Self.part(scalars, 0, start)
    comparison = Self.part(scalars, start, end)
    limit = Self.part(scalars, end, scalars.count)
  }

  /// The range without blanks at its ends.
  private static func part(_ scalars: [Unicode.Scalar], _ from: Int, _ to: Int) -> Part {
    var from = from
    var to = to
    while from < to, scalars[from] == " " { from += 1 }
    while to > from, scalars[to - 1] == " " { to -= 1 }
    return Part(text: String(String.UnicodeScalarView(scalars[from..<to])), offset: from)
  }
}

extension Signal {
  var dimension: Dimension {
    switch self {
    case .replicaLag, .locksWaitMean, .appLatencyP99: .time
    case .replicaLagBytes: .size
    case .walRate: .throughput
    case .locksWaiting, .appActive, .poolWaiting, .deadRows, .vacuumRunning: .count
    }
  }
}
