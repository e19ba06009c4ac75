import Foundation
import Measurements
import Primitives

/// The name of a stored run, such as `20261123T101504Z-orders-status-s7-3f9a`.
///
/// Sorts by time. The last four digits tell runs of the same second apart; they hash the document
/// and the process, so that two processes that do the same at once still differ.
package enum RunID {
  package static func make(
    name: String, seed: UInt64, startedAt: Date, document: String,
    process: Int32 = ProcessInfo.processInfo.processIdentifier
  ) -> String {
    let stamp = timestamp(startedAt)
      .replacingOccurrences(of: "-", with: "").replacingOccurrences(of: ":", with: "")
    let hash = stableHash(of: "\(process) \(document)")
    let suffix = String(hash & 0xFFFF | 0x10000, radix: 16).dropFirst()
    return "\(stamp)-\(slug(name))-s\(seed)-\(suffix)"
  }

  /// UTC, as `2026-11-23T10:15:04Z`.
  package static func timestamp(_ date: Date) -> String {
    date.formatted(.iso8601)
  }

  /// Letters, digits and single dashes, safe in a shell and a file name.
  static func slug(_ name: String) -> String {
    let parts = name.lowercased().split { !($0.isASCII && ($0.isLetter || $0.isNumber)) }
    return parts.isEmpty ? "run" : String(parts.joined(separator: "-").prefix(40))
  }
}

extension RunRecord {
  /// Equal where the resolved values are; their origins do not matter.
  package var scenarioHash: String {
    let text = header.scenario.map { "\($0.path)=\($0.value)\n" }.joined()
    let digits = String(stableHash(of: text), radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
