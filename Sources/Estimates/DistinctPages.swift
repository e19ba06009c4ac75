import Primitives

/// Pages touched at least once when `touches` fall evenly on `pages`: P·(1 − e^(−m/P)).
///
/// The limit of the occupancy problem. It is the number of page images in one checkpoint interval.
package func distinctPages(touches: Double, pages: Double) -> Double {
  pages > 0 ? -pages * Double.expm1(-touches / pages) : 0
}
