import Measurements
import RunHistory
import Scenarios

/// One side of a comparison: a scenario to play, or a run that was kept.
struct Contender {
  enum Source {
    case scenario(LoadedScenario)
    case record(RunRecord)
  }
  var name: String
  var operand: String
  var source: Source
}

/// What `compare` was asked to compare.
struct Operands {
  var written: [String]
  var addsVariants: Bool
  /// `all`, or names.
  var presets: String?
  var options: ScenarioOptions

  /// Reads everything before anything runs.
  func resolve(
    _ console: Console
  ) throws -> (candidates: [Contender], leftOut: [ComparisonRecord.Omission]) {
    guard options.variant == nil else {
      throw Failure(.usage, "compare takes variant:NAME, not --variant")
    }
    let base = try written.first { Self.kind(of: $0) == nil }.map { try load($0, variant: nil) }
    var candidates = try written.map { try candidate($0, base) }
    var leftOut: [ComparisonRecord.Omission] = []
    if addsVariants || presets != nil {
      guard let base else { throw needsScenario(addsVariants ? "--variants" : "--presets") }
      if addsVariants {
        candidates += try base.variantNames.map { try candidate("variant:\($0)", base) }
      }
      try addPresets(base, &candidates, &leftOut)
    }
    guard candidates.count > 1 else {
      throw Failure(
        .usage, "there is nothing to compare \"\(written[0])\" with",
        help: "add another scenario, variant:NAME, preset:NAME, --variants or --presets all")
    }
    warn(candidates, console)
    return (Self.named(candidates), leftOut)
  }

  private func addPresets(
    _ base: LoadedScenario, _ candidates: inout [Contender],
    _ leftOut: inout [ComparisonRecord.Omission]
  ) throws {
    guard let presets else { return }
    let isAll = presets == "all"
    let names =
      isAll ? Presets.names(of: .strategy) : presets.split(separator: ",").map(String.init)
    let engine = base.scenario.database.engine
    for name in names {
      if isAll, let preset = Presets.named(name, in: .strategy),
        !preset.fits.covers(engine, base.scenario.kindOfWork)
      {
        leftOut.append(.init(name: name, reason: "made for \(preset.fits.text)"))
      } else {
        candidates.append(try candidate("preset:\(name)", base))
      }
    }
  }

  /// `variant`, `preset`, `run` or `baseline`; nil for a path.
  private static func kind(of operand: String) -> String? {
    let kinds = ["variant", "preset", "run", "baseline"]
    return kinds.first { operand.hasPrefix($0 + ":") }
  }

  private func candidate(_ operand: String, _ base: LoadedScenario?) throws -> Contender {
    guard let kind = Self.kind(of: operand) else {
      let loaded = try load(operand, variant: nil)
      return Contender(name: loaded.scenario.name, operand: operand, source: .scenario(loaded))
    }
    let name = String(operand.dropFirst(kind.count + 1))
    switch kind {
    case "run":
      let record = try StoredDocument(kept: operand).record
      return Contender(name: name, operand: operand, source: .record(record))
    case "baseline":
      do {
        let record = try BaselineFolder().load(name)
        return Contender(name: name, operand: operand, source: .record(record))
      } catch {
        throw Failure(error)
      }
    default:
      guard let base else { throw needsScenario(operand) }
      let loaded =
        kind == "variant" ? try load(base.path, variant: name) : try load(base, preset: name)
      return Contender(name: name, operand: operand, source: .scenario(loaded))
    }
  }

  private func load(_ base: LoadedScenario, preset name: String) throws -> LoadedScenario {
    guard Presets.named(name, in: .strategy) != nil else {
      throw Failure(
        .invalidInput, "there is no strategy preset \"\(name)\"",
        help: Presets.hint(for: name, in: .strategy))
    }
    // The preset alone: what the scenario's own strategy says is another candidate.
    return try load(
      base.path, variant: nil, sets: ["strategy=null", "strategy={preset: \(name)}"])
  }

  private func load(
    _ path: String, variant: String?, sets: [String] = []
  ) throws -> LoadedScenario {
    // Trials are counted for all candidates together.
    let own = options.overrides + (options.seed.map { ["run.seed=\($0)"] } ?? [])
    return try Loading.read(
      [path], variant: variant, sets: sets + own, calibration: options.calibration)[0]
  }

  private func needsScenario(_ what: String) -> Failure {
    Failure(
      .usage, "\(what) needs a scenario", help: "rehearse compare scenario.yaml \(what)")
  }

  /// What several candidates have in common is said once.
  private func warn(_ candidates: [Contender], _ console: Console) {
    var said: Set<String> = []
    var warnings: [Problem] = []
    for candidate in candidates {
      guard case .scenario(let loaded) = candidate.source else { continue }
      for warning in loaded.warnings where said.insert(warning.render()).inserted {
        warnings.append(warning)
      }
    }
    if !warnings.isEmpty { console.say(ScenarioFile.render(warnings)) }
  }

  /// Names that differ: the second of two equal ones is called as it was written.
  private static func named(_ candidates: [Contender]) -> [Contender] {
    var taken: Set<String> = []
    return candidates.map { candidate in
      var candidate = candidate
      if !taken.insert(candidate.name).inserted {
        candidate.name = candidate.operand
        var count = 1
        while !taken.insert(candidate.name).inserted {
          count += 1
          candidate.name = "\(candidate.operand) (\(count))"
        }
      }
      return candidate
    }
  }
}
