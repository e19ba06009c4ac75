import CPostgres

/// Where a server is and who asks: libpq's keywords and values, in the order they were given.
///
/// Its description never holds a password; nothing else turns the values into text.
package struct ConnectionString: Hashable, Sendable {
  package private(set) var keywords: [Keyword]
  /// The only cluster that may answer, by its system identifier; nil takes any.
  ///
  /// A string may name several hosts, and a host's name may lead elsewhere a moment later.
  package var onlyCluster: String?

  package struct Keyword: Hashable, Sendable {
    package var name: String
    package var value: String

    package init(_ name: String, _ value: String) {
      self.name = name
      self.value = value
    }
  }

  /// libpq cannot read the text; its own message is left out, since it quotes the text.
  package struct Malformed: Error, Hashable, Sendable, CustomStringConvertible {
    package var description: String {
      "not a connection string: give postgresql://user@host:port/database or host=… dbname=… pairs,"
        + " with @, :, / and % in a password as %40, %3A, %2F and %25"
    }
  }

  package init(keywords: [Keyword]) { self.keywords = keywords }

  /// Reads a URI or `keyword=value` pairs, as psql does.
  package init(_ text: String) throws(Malformed) {
    var message: UnsafeMutablePointer<CChar>?
    guard let options = PQconninfoParse(text, &message) else {
      PQfreemem(message)
      throw Malformed()
    }
    defer { PQconninfoFree(options) }
    var keywords: [Keyword] = []
    var option = options
    while let name = option.pointee.keyword {
      if let value = option.pointee.val {
        keywords.append(Keyword(String(cString: name), String(cString: value)))
      }
      option += 1
    }
    self.keywords = keywords
    // The rest of a password with an @ in it, which would be shown as a host.
    if self["host"]?.contains("@") == true { throw Malformed() }
  }

  package subscript(name: String) -> String? {
    keywords.last { $0.name == name }?.value
  }

  /// The same server with one keyword changed or added.
  package func with(_ name: String, _ value: String) -> ConnectionString {
    var changed = self
    changed.keywords.removeAll { $0.name == name }
    changed.keywords.append(Keyword(name, value))
    return changed
  }
}

extension ConnectionString: CustomStringConvertible, CustomDebugStringConvertible,
  CustomReflectable
{
  private static let secrets = [
    "password", "sslpassword", "passfile", "sslkey", "oauth_client_secret", "scram_client_key",
    "scram_server_key",
  ]

  package var description: String {
    keywords.map { keyword in
      let value = Self.secrets.contains(keyword.name) ? "********" : keyword.value
      return "\(keyword.name)=\(Self.quotedIfNeeded(value))"
    }.joined(separator: " ")
  }

  package var debugDescription: String { description }
  package var customMirror: Mirror { Mirror(self, children: ["description": description]) }

  private static func quotedIfNeeded(_ value: String) -> String {
    guard value.isEmpty || value.contains(where: { $0.isWhitespace || $0 == "'" || $0 == "\\" })
    else { return value }
    let escaped = value.flatMap { $0 == "'" || $0 == "\\" ? ["\\", $0] : [$0] }
    return "'\(String(escaped))'"
  }
}
