import Foundation

/// Where recipes are looked up by name, before those that are built in.
enum RecipeFolders {
  /// `recipes/` here.
  static var all: [URL] {
    [URL(fileURLWithPath: FileManager.default.currentDirectoryPath).appendingPathComponent("recipes")]
  }
}
