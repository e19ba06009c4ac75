import Foundation
import Gates
import Primitives
import Strategies

/// Runs that cannot answer what they are asked.
extension ScenarioBuilder {
  /// All trials passing is the best case: the lower end of their Clopper–Pearson interval is
  /// 0.025^(1/n), which has to reach the assurance.
  mutating func lintTrials(_ run: RunSettings, _ gates: [GateRule]) {
    let judged = gates.contains { $0.judgement == .shareOfTrials && $0.level != .off }
    guard judged, root["run"]["trials"].isUsable || root["run"]["trials"].isAbsent else { return }
    let most: Int
    switch run.trials {
    case .auto: most = 200
    case .exactly(let count): most = count
    }
    guard pow(0.025, 1 / Double(most)) < run.assurance else { return }
    let needed = Int((log(0.025) / log(run.assurance)).rounded(.up))
    let culprit = root["run"]["trials"].isWritten ? root["run"]["trials"] : root["run"]["assurance"]
    guard culprit.isWritten else { return }
    problems.warning(
      "RH0517", at: culprit.place,
      "\(most) trials can never show that \(Spelling.of(run.assurance, .ratio)) of the executions pass",
      hint: "at least \(needed) trials, or a lower assurance",
      help: ["gates can fail or stay inconclusive, but not pass"])
  }

  mutating func lintHorizon(_ run: RunSettings) {
    guard let horizon = run.horizon, let deadline = backfill?.deadline, horizon < deadline else {
      return
    }
    problems.warning(
      "RH0518", at: root["run"]["horizon"].place,
      "the horizon ends every trial before the deadline (\(root["backfill"]["deadline"].text))",
      hint: "a horizon of a few deadlines, or auto")
  }

  mutating func lintConnections(_ strategy: Configuration) {
    let used = pools.map(\.size).reduce(0, +) + (backfill == nil ? 0 : strategy.workers)
    let setting = root["database"]["settings"]["max_connections"]
    guard let most = setting.integer, used > most else { return }
    let written = root["pools"].members.last?.value["size"]
    problems.warning(
      "RH0522", at: setting.isWritten ? setting.place : written?.place ?? setting.place,
      "pools and workers need \(used) connections, the server accepts \(most)",
      hint: "raise database.settings.max_connections, or make the pools smaller")
  }
}
