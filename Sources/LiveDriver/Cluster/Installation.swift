import Foundation

/// The programs of one installed PostgreSQL server.
package struct Installation: Hashable, Sendable {
  package static let supported = 13...18

  /// The folder that holds initdb, pg_ctl and postgres.
  package var programs: String
  package var majorVersion: Int
  /// As `postgres --version` prints it, such as 15.18.
  package var version: String

  package func path(of program: String) -> String { "\(programs)/\(program)" }

  /// The installed server of that major version, else the newest one; of equals the first found.
  package static func find(
    majorVersion: Int? = nil, in folders: [String] = usualFolders()
  ) async throws(ClusterError) -> Installation {
    var found: [Installation] = []
    for folder in folders {
      if let installation = await probe(folder) { found.append(installation) }
    }
    let usable = found.filter { supported.contains($0.majorVersion) }
    if let majorVersion, let match = usable.first(where: { $0.majorVersion == majorVersion }) {
      return match
    }
    let newest = usable.map(\.majorVersion).max()
    guard let installation = usable.first(where: { $0.majorVersion == newest }) else {
      throw missing(found, majorVersion)
    }
    return installation
  }

  /// PATH, what pg_config says, and where Debian, Red Hat, PGDG, Homebrew and Postgres.app put servers.
  package static func usualFolders() -> [String] {
    let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
    var folders = path.split(separator: ":").map(String.init)
    for major in supported.reversed() {
      folders += [
        "/usr/lib/postgresql/\(major)/bin", "/usr/pgsql-\(major)/bin",
        "/opt/homebrew/opt/postgresql@\(major)/bin", "/usr/local/opt/postgresql@\(major)/bin",
        "/Applications/Postgres.app/Contents/Versions/\(major)/bin",
      ]
    }
    return folders
  }

  private static func probe(_ folder: String) async -> Installation? {
    let files = FileManager.default
    let needed = ["postgres", "initdb", "pg_ctl"]
    func holdsAll(_ folder: String) -> Bool {
      needed.allSatisfy { files.isExecutableFile(atPath: "\(folder)/\($0)") }
    }
    guard holdsAll(folder) else { return nil }
    // Where a folder of PATH has links, the server's other programs lie beside what they lead to.
    let home = URL(fileURLWithPath: "\(folder)/postgres").resolvingSymlinksInPath()
      .deletingLastPathComponent().path
    guard let answer = try? await ChildProcess("\(folder)/postgres", ["--version"]).run(),
      answer.succeeded, let version = version(in: answer.text),
      let major = version.split(separator: ".").first.flatMap({ Int($0) })
    else { return nil }
    return Installation(
      programs: holdsAll(home) ? home : folder, majorVersion: major, version: version)
  }

  /// The number in "postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)" and in "… 18beta1".
  static func version(in text: String) -> String? {
    guard let words = text.split(separator: ")", maxSplits: 1).last?.split(separator: " "),
      let first = words.first
    else { return nil }
    let digits = first.prefix { $0.isNumber || $0 == "." }
    return digits.isEmpty ? nil : String(digits.trimmingCharacters(in: .whitespacesAndNewlines))
  }

  private static func missing(_ found: [Installation], _ wanted: Int?) -> ClusterError {
    let range = "\(supported.lowerBound) to \(supported.upperBound)"
    let help = [
      "Debian and Ubuntu: apt-get install postgresql; macOS: brew install postgresql@\(wanted ?? 16)",
      "or put the folder that holds initdb and postgres into PATH",
    ]
    guard let other = found.first else {
      return ClusterError("no PostgreSQL server is installed here", help: help)
    }
    return ClusterError(
      "PostgreSQL \(other.version) in \(other.programs) is not a version from \(range)", help: help)
  }
}
