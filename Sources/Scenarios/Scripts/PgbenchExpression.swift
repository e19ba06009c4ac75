/// What a variable of a pgbench script stands for.
enum PgbenchValue: Hashable, Sendable {
  enum Shape: Hashable, Sendable {
    case uniform
    case zipf(s: Double)
  }
  case integer(Int64)
  case real(Double)
  /// Drawn anew in each transaction, from low to high; scattered: which of them is hot has nothing to do
  /// with their order.
  case draw(Shape, low: Int64, high: Int64, isScattered: Bool)
}

/// The part of pgbench's expressions that a class of traffic can draw: whole numbers, `+ - * / %`,
/// variables, `random`, `random_zipfian` and `permute`.
struct PgbenchExpression {
  struct Unfit: Error {
    var message: String
    var hint: String
  }

  private var tokens: ArraySlice<SQLToken>
  private let variables: [String: PgbenchValue]

  static func value(
    of text: String, _ variables: [String: PgbenchValue]
  ) throws(Unfit) -> PgbenchValue {
    var expression = PgbenchExpression(
      tokens: SQLToken.tokens(of: text).filter { $0.kind != .blank }[...], variables: variables)
    let value = try expression.sum()
    if let next = expression.tokens.first {
      throw Unfit(message: "\"\(next.text)\" is not understood", hint: Self.known)
    }
    return value
  }

  private static let known =
    "numbers, variables, + - * / %, random(), random_zipfian(), permute()"

  private mutating func next(is symbol: Character) -> Bool {
    guard tokens.first?.kind == .symbol(symbol) else { return false }
    tokens.removeFirst()
    return true
  }

  private mutating func sum() throws(Unfit) -> PgbenchValue {
    var value = try product()
    while true {
      if next(is: "+") {
        value = try Self.sum(value, try product(), sign: 1)
      } else if next(is: "-") {
        value = try Self.sum(value, try product(), sign: -1)
      } else {
        return value
      }
    }
  }

  private mutating func product() throws(Unfit) -> PgbenchValue {
    var value = try factor()
    while let symbol = tokens.first?.kind,
      [.symbol("*"), .symbol("/"), .symbol("%")].contains(symbol)
    {
      tokens.removeFirst()
      let other = try factor()
      guard case .integer(let a) = value, case .integer(let b) = other else {
        throw Unfit(
          message: "only whole numbers can be multiplied and divided",
          hint: "draw from the range that is wanted")
      }
      let (result, overflow) =
        switch symbol {
        case .symbol("*"): a.multipliedReportingOverflow(by: b)
        case .symbol("/"): a.dividedReportingOverflow(by: b)
        default: a.remainderReportingOverflow(dividingBy: b)
        }
      if overflow {
        throw Unfit(message: "a number too large, or a division by zero", hint: "a smaller number")
      }
      value = .integer(result)
    }
    return value
  }

  private mutating func factor() throws(Unfit) -> PgbenchValue {
    guard let token = tokens.popFirst() else {
      throw Unfit(message: "the expression ends too early", hint: Self.known)
    }
    switch token.kind {
    case .symbol("-"):
      return try Self.sum(.integer(0), try factor(), sign: -1)
    case .symbol("("):
      let value = try sum()
      guard next(is: ")") else {
        throw Unfit(message: "a \")\" is missing", hint: Self.known)
      }
      return value
    case .literal:
      if let integer = Int64(token.text) { return .integer(integer) }
      if let real = Double(token.text) { return .real(real) }
    case .variable(let name):
      if let value = variables[name] { return value }
      throw Unfit(
        message: "the variable \"\(name)\" has no value",
        hint: "\\set it before, or write define: {\(name): …} in the class")
    case .name(let name): return try call(name)
    default: break
    }
    throw Unfit(message: "\"\(token.text)\" is not understood", hint: Self.known)
  }

  private mutating func call(_ name: String) throws(Unfit) -> PgbenchValue {
    var arguments: [PgbenchValue] = []
    guard next(is: "(") else {
      throw Unfit(message: "\"\(name)\" is not understood", hint: Self.known)
    }
    while !next(is: ")") {
      if tokens.isEmpty { throw Unfit(message: "a \")\" is missing", hint: Self.known) }
      if !arguments.isEmpty, !next(is: ",") {
        throw Unfit(message: "a \",\" is missing", hint: Self.known)
      }
      arguments.append(try sum())
    }
    switch (name, arguments.first, arguments.dropFirst().first, arguments.dropFirst(2).first) {
    case ("random", .integer(let low)?, .integer(let high)?, nil) where low <= high:
      return .draw(.uniform, low: low, high: high, isScattered: false)
    case ("random_zipfian", .integer(let low)?, .integer(let high)?, let s?) where low <= high:
      let exponent: Double? =
        switch s {
        case .real(let real): real
        case .integer(let integer): Double(integer)
        case .draw: nil
        }
      guard let exponent, exponent > 0, exponent <= 20 else { break }
      return .draw(.zipf(s: exponent), low: low, high: high, isScattered: false)
    case ("permute", .draw(let shape, let low, let high, _)?, .integer(let size)?, _)
    where high - low + 1 == size:
      return .draw(shape, low: 0, high: size - 1, isScattered: true)
    default: break
    }
    let isKnown = ["random", "random_zipfian", "permute"].contains(name)
    throw Unfit(
      message: isKnown
        ? "\(name)() has other arguments than can be drawn" : "\(name)() cannot be drawn",
      hint: isKnown
        ? "random(1, n), random_zipfian(1, n, s), permute(a draw of n numbers, n)" : Self.known)
  }

  private static func sum(
    _ a: PgbenchValue, _ b: PgbenchValue, sign: Int64
  ) throws(Unfit) -> PgbenchValue {
    switch (a, b) {
    case (.integer(let a), .integer(let b)): return .integer(a &+ sign &* b)
    case (.draw(let shape, let low, let high, let isScattered), .integer(let b)):
      return .draw(
        shape, low: low &+ sign &* b, high: high &+ sign &* b, isScattered: isScattered)
    case (.integer(let a), .draw(let shape, let low, let high, let isScattered)) where sign > 0:
      return .draw(shape, low: low &+ a, high: high &+ a, isScattered: isScattered)
    default:
      throw Unfit(
        message: "a sum of two random numbers, or a negative one, cannot be drawn",
        hint: "draw from the range that is wanted")
    }
  }
}
