/// What a class draws random numbers for: one sequence each, so that none moves another.
enum Purpose {
  static let arrivals: UInt64 = 1
  static let keys: UInt64 = 2
  static let thinkTimes: UInt64 = 3
  static let scatter: UInt64 = 4
  static let scriptValues: UInt64 = 5
}
