import Foundation
import Platform

/// Whether what a command writes at its end can be written, asked before the work.
enum OutputCheck {
  /// Checks that a folder is there or can be made, and can be written into.
  ///
  /// - Throws: `Failure` naming the place that refuses.
  static func folder(_ path: String) throws(Failure) {
    try probe(nearestFolder(of: URL(fileURLWithPath: path)), for: path)
  }

  /// Checks that a file can be written: its folder must exist.
  ///
  /// - Throws: `Failure` naming the place that refuses.
  static func file(_ path: String) throws(Failure) {
    let url = URL(fileURLWithPath: path)
    guard !isFolder(url) else {
      throw Failure("a folder, where a file is to be written", at: url.path, mend: "name a file in it")
    }
    let parent = url.deletingLastPathComponent()
    guard isFolder(parent) else {
      throw Failure(
        "there is no folder \(parent.path) to write into", at: url.path,
        mend: "make it by mkdir -p \(parent.path.shellWord), or choose another path")
    }
    try probe(parent, for: url.path)
  }

  /// The folder itself, or the nearest above it that exists.
  private static func nearestFolder(of url: URL) throws(Failure) -> URL {
    if isFolder(url) { return url }
    let parent = url.deletingLastPathComponent()
    guard !FileManager.default.fileExists(atPath: url.path), parent.path != url.path else {
      throw Failure(
        "a file, where a folder is wanted", at: url.path, mend: "choose another path for the output")
    }
    return try nearestFolder(of: parent)
  }

  /// Permissions, mounts and full disks say what they allow only when they are asked for a file.
  private static func probe(_ folder: URL, for path: String) throws(Failure) {
    let file = folder.appendingPathComponent(".vitrail-\(getpid()).partial").path
    let descriptor = open(file, O_CREAT | O_WRONLY | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw systemFailure("cannot write there", path) }
    close(descriptor)
    unlink(file)
  }

  private static func isFolder(_ url: URL) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder) && isFolder.boolValue
  }
}
