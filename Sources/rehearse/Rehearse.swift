import ArgumentParser

@main
struct Rehearse: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rehearse", abstract: "Rehearse a backfill before production.")
}
