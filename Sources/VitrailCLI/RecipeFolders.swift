import Foundation

/// Where recipes are looked up by name.
enum RecipeFolders {
  /// `recipes/` here, beside the sources that the executable was built from, and in the installation.
  static var all: [URL] {
    let here = URL(fileURLWithPath: FileManager.default.currentDirectoryPath)
    var folders = [here.appendingPathComponent("recipes")]
    if let executable = Bundle.main.executableURL?.resolvingSymlinksInPath() {
      let bin = executable.deletingLastPathComponent()
      folders.append(bin.deletingLastPathComponent().appendingPathComponent("share/vitrail/recipes"))
      // .build/<platform>/release/vitrail
      let checkout = bin.deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
      folders.append(checkout.appendingPathComponent("recipes"))
    }
    var seen = Set<String>()
    return folders.filter { seen.insert($0.standardizedFileURL.path).inserted }
  }
}
