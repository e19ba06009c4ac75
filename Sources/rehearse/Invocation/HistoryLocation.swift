import Foundation

/// Where runs are kept.
enum HistoryLocation {
  static var path: String {
    let wanted = ProcessInfo.processInfo.environment["REHEARSE_HISTORY"] ?? ""
    return wanted.isEmpty ? ".rehearse/history.sqlite" : wanted
  }
}
