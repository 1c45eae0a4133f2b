import ArgumentParser
import Foundation
import Reports

struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report", abstract: "Write a run's report as one HTML page.",
    discussion: "Example: vitrail report runs/photos")

  @Argument(help: ArgumentHelp("The run folder.", valueName: "run"))
  var folder: String

  @OptionGroup var output: JSONOutput

  func run() throws {
    let report = try RunReport.write(runFolder: URL(fileURLWithPath: folder)).path
    try output.tell(report, ["report": report])
  }
}
