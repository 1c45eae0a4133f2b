import ArgumentParser
import Foundation
import Platform

@main
struct Vitrail: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "vitrail", abstract: "Self-supervised vision pretraining on ordinary CPUs.",
    discussion: "Example: vitrail pretrain --data photos/", version: "0.1.0",
    subcommands: [
      Pretrain.self, FineTune.self, Predict.self, Evaluate.self, Compare.self, Embed.self, Reconstruct.self,
      ReportCommand.self, Inspect.self, List.self,
      Bench.self, Dataset.self, Pack.self, Augment.self, Convert.self, Study.self,
    ])

  /// Every error ends as one line on standard error: `error: what · where · how to mend`.
  static func main() {
    ProcessMemory.keepFreed()
    do {
      let arguments = JSONOutput.rewritingOldSpelling(Array(CommandLine.arguments.dropFirst()))
      if let unknown = UnknownCommand.find(arguments, below: Vitrail.self) {
        fail("\(unknown)", code: ExitCode.validationFailure.rawValue)
      }
      var command = try parseAsRoot(arguments)
      try command.run()
    } catch let failure as Failure {
      fail("\(failure)", code: 1)
    } catch {
      let code = exitCode(for: error)
      guard code == .validationFailure else { exit(withError: error) }
      let usage = usageString(for: error)
      fail("\(message(for: error)) · the command line · \(usage)", code: code.rawValue)
    }
  }

  private static func usageString(for error: any Error) -> String {
    let lines = fullMessage(for: error).split(separator: "\n")
    return lines.first { $0.contains("--help") }.map { $0.trimmingCharacters(in: .whitespaces) }
      ?? "see vitrail --help"
  }

  private static func fail(_ text: String, code: Int32) -> Never {
    let lines = text.split(whereSeparator: \.isNewline).map { $0.trimmingCharacters(in: .whitespaces) }
    let line = lines.joined(separator: " ").shortened(to: 4000).printable
    FileHandle.standardError.write(Data("error: \(line)\n".utf8))
    Foundation.exit(code)
  }
}
