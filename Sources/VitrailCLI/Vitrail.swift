import ArgumentParser
import Foundation
import Platform

@main
struct Vitrail: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "vitrail", abstract: "Self-supervised vision pretraining on ordinary CPUs.",
    discussion: """
      Example: vitrail pretrain --data photos/
      \(ExitStatus.summary)
      """, version: versionText,
    subcommands: [
      Pretrain.self, FineTune.self, Predict.self, Evaluate.self, Compare.self, Embed.self, Reconstruct.self,
      ReportCommand.self, Inspect.self, List.self,
      Bench.self, Dataset.self, Pack.self, Augment.self, Convert.self, Study.self,
    ])

  private static var versionText: String {
    Provenance.presentVersion + (Provenance.ofThisCommand.commit.map { " (\($0))" } ?? "")
  }

  /// Every error ends as one line on standard error: `error: what · where · how to mend`.
  static func main() {
    StandardStreams.openMissing()
    ProcessMemory.keepFreed()
    OutOfMemory.reportTraps()
    do {
      let arguments = JSONOutput.rewritingOldSpelling(rawArguments)
      if let unknown = UnknownCommand.find(arguments, below: Vitrail.self) { fail("\(unknown)", .usage) }
      try refuseEmptyArguments(arguments[...])
      try run(arguments)
      try StandardOutput.flush()
    } catch let failure as Failure {
      fail("\(failure)", .failed)
    } catch {
      let code = exitCode(for: error)
      guard code == .validationFailure else { exit(withError: error) }
      let usage = usageString(for: error)
      fail("\(message(for: error)) · the command line · \(usage)", .usage)
    }
  }

  /// Does what the command line asks for; help and version are results like others.
  private static func run(_ arguments: [String]) throws {
    do {
      var command = try parseAsRoot(arguments)
      try command.run()
    } catch  where !(error is Failure) && exitCode(for: error) == .success {
      print(fullMessage(for: error))
    }
  }

  /// The arguments, in which bytes that are no UTF-8 are kept: names of files may hold some.
  private static var rawArguments: [String] {
    (1..<max(1, Int(CommandLine.argc))).compactMap { place in
      CommandLine.unsafeArgv[place].map {
        String(rawBytes: UnsafeRawBufferPointer(start: $0, count: strlen($0)))
      }
    }
  }

  /// An empty path is the present folder to the system, and never what was meant: a variable of a script that is not set.
  /// No bands are a choice.
  private static func refuseEmptyArguments(_ arguments: ArraySlice<String>) throws {
    var before = "vitrail"
    for argument in arguments {
      let isEmptyOption = argument.hasPrefix("--") && argument.firstIndex(of: "=") == argument.indices.last
      guard before == "--bands" || !argument.isEmpty && !isEmptyOption else {
        throw ValidationError("an empty value after '\(argument.isEmpty ? before : argument)'")
      }
      before = argument
    }
  }

  private static func usageString(for error: any Error) -> String {
    let lines = fullMessage(for: error).split(separator: "\n")
    return lines.first { $0.contains("--help") }.map { $0.trimmingCharacters(in: .whitespaces) }
      ?? "see vitrail --help"
  }

  private static func fail(_ text: String, _ status: ExitStatus) -> Never {
    let lines = text.split(whereSeparator: \.isNewline).map { $0.trimmingCharacters(in: .whitespaces) }
    let line = lines.joined(separator: " ").shortened(to: 4000).printable
    StandardError.write("error: \(line)\n")
    Foundation.exit(status.rawValue)
  }
}
