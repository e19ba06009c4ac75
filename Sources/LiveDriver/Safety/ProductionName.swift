/// Names that people give to what must not be experimented on.
package enum ProductionName {
  private static let words: Set<String> = ["prod", "production", "prd", "live"]

  /// True if one of the name's words is production's, as in `db-prod2.example.com` or `shop_live`, and
  /// not in `product_test`.
  package static func resembles(_ name: String) -> Bool {
    name.lowercased().split { !$0.isLetter }.contains { words.contains(String($0)) }
  }
}
