import Foundation
import Measurements
import Scenarios

/// `Fuzz --seeds N [--from SEED]` plays random scenarios; `Fuzz --print SEED` shows one.
@main
enum Fuzz {
  /// A mechanism that fires in fewer scenarios than this is not tested.
  static let leastShare = 0.05
  /// Longer than any scenario may take, in seconds; the alarm ends the process.
  static let patience: UInt32 = 120

  static func main() {
    let arguments = CommandLine.arguments
    if let seed = option("--print", arguments) {
      print(RandomScenario.text(seed: UInt64(seed)), terminator: "")
      return
    }
    let count = option("--seeds", arguments) ?? 200
    let first = option("--from", arguments) ?? 1
    var faulty: [UInt64] = []
    var fired = Array(repeating: 0, count: Mechanism.all.count)
    var events = 0
    for seed in UInt64(first)..<UInt64(first + count) {
      // Before the trial, so that a crash or a hang names its seed.
      say("\rseed \(seed) ")
      alarm(patience)
      var check = SeedCheck(seed: seed)
      check.run()
      if !check.faults.isEmpty {
        faulty.append(seed)
        say("\n" + check.faults.map { "  \($0)" }.joined(separator: "\n") + "\n")
      }
      guard let play = check.play else { continue }
      events += play.exact.events + play.sampled.events
      for (i, mechanism) in Mechanism.all.enumerated() where mechanism.fired(play) { fired[i] += 1 }
    }
    say("\n")
    let rare = report(fired, of: count, events: events)
    print("\(count) scenarios, \(faulty.count) faulty\(faulty.isEmpty ? "" : ": \(faulty)")")
    if !rare.isEmpty {
      let list = rare.joined(separator: ", ")
      print("in fewer than \(Int(leastShare * 100)) % of the scenarios: \(list)")
    }
    exit(faulty.isEmpty && rare.isEmpty ? 0 : 1)
  }

  /// Prints the table and returns what fires too seldom.
  private static func report(_ fired: [Int], of count: Int, events: Int) -> [String] {
    var rare: [String] = []
    for (mechanism, times) in zip(Mechanism.all, fired) {
      let share = Double(times) / Double(count)
      let percent = String(format: "%5.1f %%", share * 100)
      print("\(percent)  \(mechanism.name)")
      if share < leastShare { rare.append(mechanism.name) }
    }
    print("\(events / max(1, count)) events per scenario, exact and sampled once each")
    return rare
  }

  private static func option(_ name: String, _ arguments: [String]) -> Int? {
    guard let place = arguments.firstIndex(of: name), place + 1 < arguments.count else {
      return nil
    }
    return Int(arguments[place + 1])
  }

  private static func say(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }
}
