import ArgumentParser
import Foundation
import Measurements
import Scenarios

/// A command that does something and ends with one of our exit statuses.
protocol Verb: ParsableCommand {
  func perform(_ console: Console) throws -> ExitStatus
}

/// One call of the program: arguments in, result on stdout, exit status out.
struct Invocation {
  var arguments: [String]
  var console: Console

  func run() -> ExitStatus {
    do {
      try refuseUnknownVerb()
      var command = try Rehearse.parseAsRoot(arguments)
      if let verb = command as? any Verb { return try verb.perform(console) }
      try command.run()
      return .success
    } catch {
      guard var failure = Failure(of: error) else {
        console.result(Rehearse.fullMessage(for: error))
        return .success
      }
      // A signal comes before what went wrong after it.
      failure.status = .combined([failure.status, Interrupt.status ?? failure.status])
      return report(failure)
    }
  }

  /// ArgumentParser calls an unknown verb an unexpected argument, without a suggestion.
  private func refuseUnknownVerb() throws {
    guard let word = arguments.first, !word.hasPrefix("-"), word != "help" else { return }
    let verbs = Rehearse.configuration.subcommands.compactMap { $0._commandName }
    guard !verbs.contains(word) else { return }
    let near = verbs.filter { $0.hasPrefix(word.prefix(2)) }
    throw Failure(
      .usage, "there is no verb \"\(word)\"",
      help: "did you mean \((near.isEmpty ? verbs : near).joined(separator: ", "))?")
  }

  private func report(_ failure: Failure) -> ExitStatus {
    if !failure.problems.isEmpty { console.say(ScenarioFile.render(failure.problems) + "\n") }
    console.say(console.styled("error: ", .red, on: .error) + failure.message.printable)
    if let help = failure.help { console.say("  help: \(help.printable)") }
    if wantsJSON, let text = try? jsonText(ErrorDocument(failure)) { console.result(text) }
    return failure.status
  }

  /// Whether JSON was asked for, also where the arguments could not be parsed.
  private var wantsJSON: Bool {
    let ownArguments = arguments.prefix { $0 != "--" }
    return ownArguments.contains("--format=json")
      || zip(ownArguments, ownArguments.dropFirst()).contains { $0 == "--format" && $1 == "json" }
  }
}

extension Failure {
  /// What an error means to the caller; nil where it asks for help or the version, which is an answer.
  ///
  /// Everything else ArgumentParser throws is bad usage, and everything it does not know is our bug,
  /// never a failed gate.
  init?(of error: any Error) {
    if let failure = error as? Failure {
      self = failure
      return
    }
    switch Rehearse.exitCode(for: error) {
    case .success: return nil
    case .validationFailure:
      self.init(.usage, Rehearse.fullMessage(for: error).removingPrefix("Error: "))
    default:
      self.init(
        .internalError, "\(error)",
        help: "this is a bug in rehearse \(Build.version); please report it with the command line")
    }
  }
}

extension String {
  fileprivate func removingPrefix(_ prefix: String) -> String {
    hasPrefix(prefix) ? String(dropFirst(prefix.count)) : self
  }
}
