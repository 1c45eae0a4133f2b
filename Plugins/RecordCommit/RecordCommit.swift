import Foundation
import PackagePlugin

/// Writes the commit that is built into a source of the executable, before every build; the file is left alone while it stays the same.
@main
struct RecordCommit: BuildToolPlugin {
  func createBuildCommands(context: PluginContext, target: Target) -> [Command] {
    let package = context.package.directoryURL
    return [
      .prebuildCommand(
        displayName: "Recording the commit",
        executable: URL(fileURLWithPath: "/bin/sh"),
        arguments: [
          package.appendingPathComponent("Scripts/record-commit").path, package.path,
          context.pluginWorkDirectoryURL.path,
        ],
        outputFilesDirectory: context.pluginWorkDirectoryURL)
    ]
  }
}
