/// What this program is.
enum Build {
  static let version = "0.1.0"
  /// Raised whenever a result may change for the same scenario and seed.
  static let modelVersion = 1
}
