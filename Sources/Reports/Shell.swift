/// Text as one word of a POSIX shell.
package enum Shell {
  /// As it is where it is harmless, else in single quotes.
  package static func quoted(_ word: String) -> String {
    let harmless = word.unicodeScalars.allSatisfy {
      $0.isASCII
        && ($0.properties.isAlphabetic || "0123456789._/=:,@%+-".unicodeScalars.contains($0))
    }
    if harmless && !word.isEmpty { return word }
    return "'" + word.replacing(["\0": "", "'": "'\\''"]) + "'"
  }
}
