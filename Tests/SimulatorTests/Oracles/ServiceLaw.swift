import Primitives

/// The law of a service time with mean 1.
enum ServiceLaw: Sendable {
  case deterministic
  case exponential
  /// Two exponentials with balanced means; squared coefficient of variation above 1.
  case hyperexponential(squaredVariation: Double)
  /// Takes the value `large` with probability `share`, else one other value.
  case twoPoint(large: Double, share: Double)
  /// Takes the value `large` with probability `share`, else an exponential one.
  case exponentialOr(large: Double, share: Double)

  func draw(_ stream: inout RandomStream) -> Double {
    switch self {
    case .deterministic: return 1
    case .exponential: return stream.exponential()
    case .hyperexponential(let squared):
      let p = 0.5 * (1 + ((squared - 1) / (squared + 1)).squareRoot())
      let rate = stream.uniform() < p ? 2 * p : 2 * (1 - p)
      return stream.exponential() / rate
    case .twoPoint(let large, let share):
      return stream.uniform() < share ? large : (1 - share * large) / (1 - share)
    case .exponentialOr(let large, let share):
      if stream.uniform() < share { return large }
      return stream.exponential() * (1 - share * large) / (1 - share)
    }
  }
}

extension ServiceLaw {
  /// E[Sᵏ].
  func moment(_ k: Int) -> Double {
    let order = Double(k)
    let factorial = (1...k).reduce(1.0) { $0 * Double($1) }
    switch self {
    case .deterministic: return 1
    case .exponential: return factorial
    case .hyperexponential(let squared):
      let p = 0.5 * (1 + ((squared - 1) / (squared + 1)).squareRoot())
      return factorial
        * (p / Double.pow(2 * p, order) + (1 - p) / Double.pow(2 * (1 - p), order))
    case .twoPoint(let large, let share):
      let small = (1 - share * large) / (1 - share)
      return share * Double.pow(large, order) + (1 - share) * Double.pow(small, order)
    case .exponentialOr(let large, let share):
      let small = (1 - share * large) / (1 - share)
      return share * Double.pow(large, order) + (1 - share) * factorial * Double.pow(small, order)
    }
  }
}

/// Model time of one unit of an oracle's time: fine enough that whole nanoseconds round away less
/// than a millionth.
let unit = TimeSpan.milliseconds(1)
