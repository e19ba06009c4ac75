/// Runs `body` for each value; an error says which value it was, through every level of nesting.
///
/// Use `#require` in the body: it throws, which `#expect` does not.
package func withEvery<Values: Sequence>(
  _ label: String, in values: Values, _ body: (Values.Element) throws -> Void
) throws {
  for value in values {
    do { try body(value) } catch { throw FailedCase(name: "\(label) = \(value)", cause: error) }
  }
}

package struct FailedCase: Error, CustomStringConvertible {
  package let name: String
  package let cause: any Error

  package var description: String { "\(name), \(cause)" }
}
