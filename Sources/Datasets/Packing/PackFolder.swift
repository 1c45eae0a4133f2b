import Foundation
import Platform

/// A folder that is filled under another name beside its own, so that it appears whole or not at all.
struct PackFolder {
  /// Where its files are written until all are there.
  let unfinished: URL
  private let folder: URL

  /// Creates `NAME.partial`.
  ///
  /// - Throws: `Failure` when `folder` is neither missing nor an empty folder, or another one fills it.
  init(_ folder: URL) throws(Failure) {
    self.folder = folder.standardizedFileURL
    let path = self.folder.path
    unfinished = URL(filePath: path + ".partial", directoryHint: .isDirectory)
    var status = stat()
    if stat(path, &status) == 0 {
      let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? [""]
      guard names.isEmpty else {
        throw Failure("not an empty folder", at: path, mend: "choose another one, or remove it")
      }
    }
    guard stat(unfinished.path, &status) != 0 else {
      throw Failure(
        "left by a packing that was killed, or of one that is at work", at: unfinished.path,
        mend: "remove it unless it is at work")
    }
    try AtomicFile.createFolder(unfinished)
  }

  /// Gives the folder its name.
  ///
  /// - Throws: `Failure` when the file system refuses.
  func finish() throws(Failure) {
    guard rename(unfinished.path, folder.path) == 0 else {
      throw systemFailure("cannot put the finished folder in place", folder.path)
    }
  }

  /// Removes what was written.
  func discard() { try? FileManager.default.removeItem(at: unfinished) }
}
