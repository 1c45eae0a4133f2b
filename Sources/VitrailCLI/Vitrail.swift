import ArgumentParser

@main
struct Vitrail: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "vitrail", abstract: "Self-supervised vision pretraining on ordinary CPUs.",
    subcommands: [Bench.self])
}
