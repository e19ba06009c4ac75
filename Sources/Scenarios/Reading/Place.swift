/// Where in which text something was written.
package struct Place: Sendable, Hashable {
  package enum Source: Sendable, Hashable {
    case file
    /// Index into the `--set` arguments.
    case set(Int)
    /// The built-in text of a preset.
    case preset(String)
    /// The path of a calibration file.
    case calibration(String)
  }
  package var source: Source
  /// 1-based; columns count Unicode scalars, as YAML marks do.
  package var line: Int
  package var column: Int
  /// In Unicode scalars on that line, at least 1.
  package var length: Int

  package init(_ source: Source, line: Int, column: Int, length: Int = 1) {
    self.source = source
    self.line = line
    self.column = column
    self.length = max(1, length)
  }

  package static let start = Place(.file, line: 1, column: 1)

  func moved(by columns: Int, length: Int) -> Place {
    Place(source, line: line, column: column + columns, length: length)
  }
}

/// Why a resolved value is what it is.
package enum Origin: Sendable, Hashable, CustomStringConvertible {
  /// Not written anywhere; the reason says why this is a sensible value.
  case byDefault(reason: String)
  case preset(String)
  /// The calibration's path.
  case calibration(String)
  case file(line: Int, column: Int)
  case set

  package var description: String {
    switch self {
    case .byDefault(let reason): "default: \(reason)"
    case .preset(let name): "preset \(name)"
    case .calibration(let path): "calibration \(path)"
    case .file(let line, let column): "file:\(line):\(column)"
    case .set: "--set"
    }
  }

  init(_ place: Place) {
    switch place.source {
    case .file: self = .file(line: place.line, column: place.column)
    case .set: self = .set
    case .preset(let name): self = .preset(name)
    case .calibration(let path): self = .calibration(path)
    }
  }
}
