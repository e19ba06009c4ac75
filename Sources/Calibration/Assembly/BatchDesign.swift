import Simulator

/// What rows of batches cost, told apart by batches that differ in what their rows do.
///
/// CPU of a batch − rows × step = begin and statement + rows × (update_row + KiB × row_kibibyte) + moved ×
/// (move_row + key_entry + others × index_entry) + pointers × leaf_pass + images × page_image + pages ×
/// fetch_page + new pages × new_page. Rows that stay on their page give update_row, wider ones row_kibibyte, those that leave one
/// without any index move_row, the primary key's key_entry, further indexes index_entry, those of them that
/// come when their leaves are full leaf_pass, batches right after a checkpoint page_image, those over pages
/// that no shared buffer holds fetch_page, and wider rows that leave their page new_page.
package struct BatchDesign: Sendable {
  static let method =
    "server CPU of batches with none, one and three indexes, on their page and off it, of two widths, in "
    + "shared buffers and not, warm and after a checkpoint: one regression"

  /// By name below `costs`; empty where the batches do not tell them apart.
  package private(set) var costs: [String: Double] = [:]
  /// Whether and how well they do; nil without batches.
  package private(set) var identifiability: Identifiability?
  /// Root mean square of the batches' relative deviations from the sum.
  package private(set) var misfit = 0.0

  /// One coefficient; `amount` of it is in a batch.
  private static let terms: [(cost: String?, amount: @Sendable (Measured.Reading) -> Double)] = [
    (nil, { _ in 1 }),
    ("update_row", { $0["rows"] ?? 0 }),
    ("row_kibibyte", { ($0["rows"] ?? 0) * ($0["kibibytes"] ?? 0) }),
    ("fetch_page", { $0["fetched_pages"] ?? 0 }),
    ("new_page", { $0["new_pages"] ?? 0 }),
    ("move_row", { ($0["rows"] ?? 0) * ($0["moves"] ?? 1) }),
    ("key_entry", { $0["indexes"] == 0 ? 0 : ($0["rows"] ?? 0) * ($0["moves"] ?? 1) }),
    (
      "index_entry",
      { ($0["rows"] ?? 0) * ($0["moves"] ?? 1) * max(0, ($0["indexes"] ?? 1) - 1) }
    ),
    ("leaf_pass", pointers),
    ("page_image", { $0["images"] ?? 0 }),
  ]

  package init(_ measured: Measured, indexStep: Double, scanRow: Double) {
    let batches = measured["batch"].filter {
      ($0["cpu"] ?? 0) > 0 && $0["rows"] != nil
    }
    let terms = Self.terms.filter { term in batches.contains { term.amount($0) > 0 } }
    let amounts = batches.map { batch in terms.map { $0.amount(batch) } }
    let rest = batches.map { batch in
      (batch["cpu"] ?? 0) - (batch["rows"] ?? 0) * (batch["blocks"] == 1 ? scanRow : indexStep)
    }
    let scales = Self.typical(batches).map { 1 / max(1e-9, $0) }
    guard
      let found = LinearFit.costs(amounts, rest, weights: scales.map { $0 * $0 })
    else { return }
    for (term, value) in zip(terms, found) {
      if let cost = term.cost { costs[cost] = value }
    }
    identifiability = Identifiability(
      jacobian: zip(amounts, scales).map { row, scale in row.map { $0 * scale } })
    let squares = zip(zip(amounts, rest), scales).map { pair, scale -> Double in
      let sum = zip(pair.0, found).reduce(0) { $0 + $1.0 * $1.1 }
      return ((pair.1 - sum) * scale) * ((pair.1 - sum) * scale)
    }
    misfit = (squares.reduce(0, +) / Double(max(1, squares.count))).squareRoot()
  }

  /// Row pointers in full leaves that a batch's entries make nbtree go over.
  @Sendable
  private static func pointers(_ batch: Measured.Reading) -> Double {
    guard let from = batch["from"], let rows = batch["rows"], batch["moves"] == 1,
      let others = batch["indexes"].map({ $0 - 1 }), others > 0
    else { return 0 }
    let passes = CalibrationTables.passes
    let pointers =
      passes.pointers(inserted: Int(from + rows)) - passes.pointers(inserted: Int(from))
    // Less than one a row is lost in the noise of its time.
    return pointers < rows ? 0 : others * pointers
  }

  /// For each batch the median CPU of all like it: deviations are relative, but weighing a batch by its own
  /// time would favour the fast ones and find every cost too low.
  private static func typical(_ batches: [Measured.Reading]) -> [Double] {
    let kinds = ["rows", "indexes", "moves", "fresh", "wide", "fetched_pages"]
    func kind(_ batch: Measured.Reading) -> [Double] { kinds.map { batch[$0] ?? 0 } }
    let groups = Dictionary(grouping: batches, by: kind).mapValues { alike in
      SampleQuantiles(alike.compactMap { $0["cpu"] })?.median ?? 0
    }
    return batches.map { groups[kind($0)] ?? 0 }
  }
}
