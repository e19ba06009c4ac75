import Foundation

/// The least-squares slope of ln y over ln x: the exponent of a power law, such as that of a cost
/// in the size of its input.
package func logLogSlope(_ points: [(x: Double, y: Double)]) -> Double {
  precondition(points.count >= 2)
  let logs = points.map { (x: log($0.x), y: log($0.y)) }
  let n = Double(logs.count)
  let meanX = logs.reduce(0) { $0 + $1.x } / n
  let meanY = logs.reduce(0) { $0 + $1.y } / n
  let covariance = logs.reduce(0) { $0 + ($1.x - meanX) * ($1.y - meanY) }
  return covariance / logs.reduce(0) { $0 + ($1.x - meanX) * ($1.x - meanX) }
}
