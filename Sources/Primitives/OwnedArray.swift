/// An array with one owner, for the innermost loops of a simulation.
///
/// An `Array` asks at each change whether somebody shares it; this one cannot be shared, so a change
/// is a store (measured on the whole model: a tenth of its time). Elements are reached by address,
/// never copied to look at one field.
@frozen
@usableFromInline
package struct OwnedArray<Element: ~Copyable>: ~Copyable {
  @usableFromInline var elements: UnsafeMutablePointer<Element>
  @usableFromInline var capacity: Int
  @usableFromInline var length: Int

  @inlinable
  package init(capacity: Int = 4) {
    self.capacity = max(1, capacity)
    elements = .allocate(capacity: self.capacity)
    length = 0
  }

  @inlinable
  deinit {
    elements.deinitialize(count: length)
    elements.deallocate()
  }

  @inlinable package var count: Int { length }
  @inlinable package var indices: Range<Int> { 0..<length }

  @inlinable
  package subscript(index: Int) -> Element {
    @inline(__always) unsafeAddress {
      precondition(UInt(bitPattern: index) < UInt(bitPattern: length))
      return UnsafePointer(elements + index)
    }
    @inline(__always) unsafeMutableAddress {
      precondition(UInt(bitPattern: index) < UInt(bitPattern: length))
      return elements + index
    }
  }

  /// Where an element lies, for a hint to the processor.
  @inlinable
  package func address(of index: Int) -> UnsafeRawPointer {
    precondition(UInt(bitPattern: index) < UInt(bitPattern: length))
    return UnsafeRawPointer(elements + index)
  }

  @inlinable
  package mutating func append(_ element: consuming Element) {
    if length == capacity { grow() }
    (elements + length).initialize(to: element)
    length += 1
  }

  @inlinable
  @inline(never)
  mutating func grow() {
    let larger = UnsafeMutablePointer<Element>.allocate(capacity: capacity * 2)
    larger.moveInitialize(from: elements, count: length)
    elements.deallocate()
    elements = larger
    capacity *= 2
  }
}

extension OwnedArray {
  @inlinable
  package init(repeating element: Element, count: Int) {
    self.init(capacity: count)
    elements.initialize(repeating: element, count: count)
    length = count
  }

  @inlinable
  package init(_ array: [Element]) {
    self.init(capacity: array.count)
    for element in array { append(element) }
  }

  /// Appends copies of `element` until there are `count`.
  @inlinable
  package mutating func extend(to count: Int, with element: Element) {
    while length < count { append(element) }
  }

  @inlinable
  package mutating func truncate(to count: Int) {
    precondition(count <= length)
    (elements + count).deinitialize(count: length - count)
    length = count
  }

  @inlinable
  package mutating func popLast() -> Element? {
    guard length > 0 else { return nil }
    length -= 1
    return (elements + length).move()
  }
}

extension OwnedArray where Element: ~Copyable {
  @inlinable
  package func map<T>(_ transform: (borrowing Element) -> T) -> [T] {
    indices.map { transform(elements[$0]) }
  }

  @inlinable
  package func sum(_ term: (borrowing Element) -> Int) -> Int {
    var sum = 0
    for index in indices { sum += term(elements[index]) }
    return sum
  }
}
