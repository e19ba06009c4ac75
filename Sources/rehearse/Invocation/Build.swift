import Simulator

/// What this program is.
enum Build {
  static let version = "0.1.0"
  /// Results compare within one version of the model's rules.
  static let modelVersion = Simulator.modelVersion
}
