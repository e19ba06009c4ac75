/// What may stand at one place of a scenario.
indirect enum Kind: Sendable {
  case text(TextRule)
  /// A whole number; `k`, `M` and `G` are allowed.
  case count(ClosedRange<Int>)
  /// A number without unit.
  case number(Bounds)
  case quantity(Dimension, Bounds)
  case word([String])
  /// A fixed beginning and then a quantity, such as `server+10s`.
  case prefixed(String, Dimension)
  /// `true` or `false`.
  case flag
  /// "HH:MM".
  case timeOfDay
  /// A word that stands for "no value", such as `none` or `auto`.
  case noValue(String)
  case section(Section)
  /// Keys of the author's choice.
  case dictionary(key: String, Kind, notEmpty: Bool)
  case list(Kind, notEmpty: Bool)
  case either([Kind])
  /// Looked at elsewhere.
  case anything

  static func time(_ range: ClosedRange<Double> = 0...31_536_000) -> Kind {
    .quantity(.time, Bounds(range))
  }
  static func positiveTime(to high: Double = 31_536_000) -> Kind {
    .quantity(.time, Bounds(0...high, lowOpen: true))
  }
  static func bytes(_ range: ClosedRange<Double>) -> Kind { .quantity(.size, Bounds(range)) }
  static func share(_ range: ClosedRange<Double> = 0...1) -> Kind {
    .quantity(.ratio, Bounds(range))
  }

  /// The keys of a list's items, or of the section itself.
  var sections: [Section] {
    switch self {
    case .section(let section): [section]
    case .list(let kind, _), .dictionary(_, let kind, _): kind.sections
    case .either(let kinds): kinds.flatMap(\.sections)
    default: []
    }
  }
}

struct Bounds: Sendable {
  var low: Double
  var high: Double
  /// The low end itself is not allowed.
  var lowOpen: Bool
  var highOpen: Bool

  init(_ range: ClosedRange<Double>, lowOpen: Bool = false, highOpen: Bool = false) {
    low = range.lowerBound
    high = range.upperBound
    self.lowOpen = lowOpen
    self.highOpen = highOpen
  }

  func contains(_ value: Double) -> Bool {
    (lowOpen ? value > low : value >= low) && (highOpen ? value < high : value <= high)
  }

  func description(in dimension: Dimension) -> String {
    let least = Spelling.of(low, dimension)
    let most = Spelling.of(high, dimension)
    return
      "\(lowOpen ? "more than" : "at least") \(least) and \(highOpen ? "less than" : "at most") \(most)"
  }
}

enum TextRule: Sendable {
  /// Letters, digits and `_ - . $`: goes into metric labels and file names.
  case name
  /// A table or column name, also quoted.
  case identifier
  /// SQL or prose.
  case free
}

/// What stands in the place of a key that is not written.
enum Absence: Sendable {
  case required
  /// Nothing; the text says what that means.
  case nothing(String)
  case value(String, because: String)
  /// Depends on the major version of the server.
  case byVersion(@Sendable (Int) -> String, because: String)
  /// Computed from other values; the text says how.
  case computed(String)

  static func version(below limit: Int, _ old: String, else new: String, because: String) -> Absence
  {
    .byVersion({ $0 < limit ? old : new }, because: because)
  }
}

/// One key of a section.
struct Field: Sendable {
  var key: String
  var kind: Kind
  var absence: Absence
  var doc: String

  init(_ key: String, _ kind: Kind, _ absence: Absence, _ doc: String) {
    self.key = key
    self.kind = kind
    self.absence = absence
    self.doc = doc
  }
}

/// A map with fixed keys.
struct Section: Sendable {
  /// One of several ways to fill a map: the keys that belong to it only.
  struct Form: Sendable {
    var required: [String]
    var optional: [String] = []
  }
  var doc: String
  var fields: [Field]
  /// Where not empty, exactly one form applies; fields named in no form are common to all.
  var forms: [Form] = []
  /// Known names that are not built yet.
  var reserved: [String] = []
  /// Where a key that people look for here belongs.
  var misplaced: [String: String] = [:]
  /// `preset: NAME` fills this section.
  var presets: Presets.Family?

  subscript(key: String) -> Field? { fields.first { $0.key == key } }
}
