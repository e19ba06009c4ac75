import Foundation
import Glibc

/// The two standard streams: results on one, everything else on the other.
struct Console: Sendable {
  enum Stream: Int32, Sendable { case output = 1, error = 2 }

  private let environment: [String: String]

  init(environment: [String: String] = ProcessInfo.processInfo.environment) {
    self.environment = environment
  }

  /// The result, and nothing but the result.
  func result(_ text: String) {
    Self.write(text.hasSuffix("\n") ? text : text + "\n", to: .output)
  }

  func say(_ text: String) { Self.write(text + "\n", to: .error) }

  func warn(_ text: String) {
    say(styled("warning: ", .yellow, on: .error) + text)
  }

  static func write(_ text: String, to stream: Stream) {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let written = bytes.withUnsafeBytes { Glibc.write(stream.rawValue, $0.baseAddress, $0.count) }
      if written > 0 {
        bytes = bytes.dropFirst(written)
      } else if errno != EINTR && errno != EAGAIN {
        return
      }
    }
  }

  func isTerminal(_ stream: Stream) -> Bool {
    isatty(stream.rawValue) == 1 && environment["TERM"] != "dumb"
  }

  /// `NO_COLOR`, even empty, forbids; `CLICOLOR_FORCE` demands; else a terminal decides.
  func colored(_ stream: Stream) -> Bool {
    if environment["NO_COLOR"] != nil { return false }
    if let force = environment["CLICOLOR_FORCE"], force != "0" { return true }
    return isTerminal(stream)
  }

  enum Style: String, Sendable {
    case red = "31", green = "32", yellow = "33", bold = "1", dim = "2"
  }

  func styled(_ text: String, _ style: Style, on stream: Stream) -> String {
    colored(stream) ? "\u{1B}[\(style.rawValue)m\(text)\u{1B}[0m" : text
  }
}
