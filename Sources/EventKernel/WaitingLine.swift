import Primitives

/// A first-come, first-served line: a ring buffer that grows and never shrinks.
///
/// Holds the numbers of whatever waits (processes, requests), or their arrival times.
@frozen
@usableFromInline
package struct WaitingLine<Element: BitwiseCopyable & Sendable>: ~Copyable {
  /// Places `front ..< front + count`, modulo the capacity, hold the elements.
  @usableFromInline var places = OwnedArray<Element>()
  @usableFromInline var front = 0
  @usableFromInline var length = 0

  @inlinable package init() {}

  @inlinable package var count: Int { length }
  @inlinable package var isEmpty: Bool { length == 0 }

  /// Who is served next.
  @inlinable package var first: Element? { length == 0 ? nil : places[front] }

  /// The element `position` places behind the front.
  @inlinable
  package subscript(position: Int) -> Element {
    precondition(position >= 0 && position < length)
    return places[place(position)]
  }

  @inlinable
  package mutating func append(_ element: Element) {
    if length == places.count { grow(filler: element) }
    places[place(length)] = element
    length &+= 1
  }

  @inlinable
  package mutating func popFirst() -> Element? {
    if length == 0 { return nil }
    let element = places[front]
    front = place(1)
    length &-= 1
    return element
  }

  @inlinable
  package mutating func removeAll() {
    front = 0
    length = 0
  }

  /// The capacity is a power of two.
  @inlinable func place(_ position: Int) -> Int { (front &+ position) & (places.count &- 1) }

  @inlinable
  @inline(never)
  mutating func grow(filler: Element) {
    var larger = OwnedArray(repeating: filler, count: max(8, places.count * 2))
    for position in 0..<length { larger[position] = places[place(position)] }
    places = larger
    front = 0
  }
}

extension WaitingLine where Element: Equatable {
  /// Takes the first `element` out of the line, wherever it stands, in time linear in the line.
  @inlinable
  @discardableResult
  package mutating func remove(_ element: Element) -> Bool {
    guard let found = (0..<length).first(where: { places[place($0)] == element }) else {
      return false
    }
    for position in found..<length - 1 { places[place(position)] = places[place(position + 1)] }
    length -= 1
    return true
  }
}
