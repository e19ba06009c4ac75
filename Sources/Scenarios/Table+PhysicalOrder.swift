import Primitives

extension Table {
  /// Key ordinal to physical rank where rows lie in another order than their keys, the same in both
  /// worlds.
  package func physicalOrder(seed: UInt64) -> Permutation {
    Permutation(
      count: max(1, rows),
      key: RandomKey(seed: seed, trial: 0, entity: stableHash(of: name), purpose: 0x9A6E))
  }
}
