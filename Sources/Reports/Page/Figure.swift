import Measurements

/// A chart with its caption and its numbers; the numbers are all there is without scripts.
struct Figure {
  var caption: HTML
  var spec: Spec
  var numbers: HTML

  init(_ caption: HTML, _ chart: some Chart) {
    self.caption = caption
    spec = chart.spec
    numbers = chart.numbers
  }
}

/// What a figure draws, and the same as a table.
protocol Chart {
  var spec: Spec { get }
  var numbers: HTML { get }
}

extension TimeChart: Chart {}
extension SpreadChart: Chart {}
extension MapChart: Chart {}
extension SearchChart: Chart {}
extension EffectChart: Chart {}

extension TimeChart {
  private static let mostRows = 16

  /// A table of the lines' medians at some instants.
  var numbers: HTML {
    guard let first = lines.first else { return "" }
    var table = HTMLTable(["since the backfill began"] + lines.map(\.label))
    let count = lines.map { $0.column.middle.count }.max() ?? 0
    let stride = max(1, (count + Self.mostRows - 1) / Self.mostRows)
    for index in Swift.stride(from: 0, to: count, by: stride) {
      let time = first.course.start + Double(index) * first.course.step
      let cells = lines.map { $0.label(at: time, stride: stride, unit: unit) }
      guard cells.contains(where: { $0 != "-" }) else { continue }
      table.add([Human.duration(time)] + cells)
    }
    return table.html
  }
}

extension TimeChart.Line {
  /// The largest median of some steps from an instant on: peaks must not fall between two rows.
  fileprivate func label(at time: Double, stride: Int, unit: String) -> String {
    let first = Int(((time - course.start) / course.step).rounded())
    let values = (first..<first + stride).compactMap {
      column.middle.indices.contains($0) ? column.middle[$0] : nil
    }
    return values.max().map { Human.text($0, unit: unit == "B/s" ? "bytes/s" : unit) } ?? "-"
  }
}

extension SpreadChart {
  var numbers: HTML {
    let sorted = values.sorted()
    var table = HTMLTable(["share of the trials below", title])
    for share in [0.0, 0.05, 0.25, 0.5, 0.75, 0.95, 1] {
      let value = sorted[Int((share * Double(sorted.count - 1)).rounded())]
      table.add([Human.wholePercent(share), Human.text(value, unit: unit)])
    }
    return table.html
  }
}
