import Foundation
import Platform

/// A folder that is filled under another name beside its own, so that it appears whole or not at all.
///
/// While it is filled, the process holds a lock on it: what a killed process left behind has none, and is cleared.
final class PackFolder {
  /// Where its files are written until all are there.
  let unfinished: URL
  private let folder: URL
  private let lock: Int32

  /// Creates `NAME.partial`, or clears the one that a killed packing left.
  ///
  /// - Throws: `Failure` when `folder` is neither missing nor an empty folder, another process fills it, or `NAME.partial`
  ///   holds what no packing wrote.
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
    try AtomicFile.createFolder(unfinished)
    let isLocked: Bool
    (lock, isLocked) = try Self.opened(unfinished.path)
    do throws(Failure) {
      try Self.clear(unfinished, isLocked: isLocked)
    } catch {
      close(lock)
      throw error
    }
  }

  deinit { close(lock) }

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

  /// Opens the folder and locks it until the descriptor is closed, where the file system has locks.
  private static func opened(_ path: String) throws(Failure) -> (descriptor: Int32, isLocked: Bool) {
    let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw systemFailure("cannot open the folder", path) }
    let isLocked = flock(descriptor, LOCK_EX | LOCK_NB) == 0
    let isTaken = !isLocked && errno == EWOULDBLOCK
    var opened = stat()
    var named = stat()
    // A packing that ended meanwhile has renamed or removed what was opened.
    guard !isTaken, fstat(descriptor, &opened) == 0, stat(path, &named) == 0,
      (opened.st_dev, opened.st_ino) == (named.st_dev, named.st_ino)
    else {
      close(descriptor)
      throw Failure(
        "another packing is at work on it", at: path, mend: "wait for its end, or choose another --out")
    }
    return (descriptor, isLocked)
  }

  private static func clear(_ folder: URL, isLocked: Bool) throws(Failure) {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    let own = ["shard-", "classes.txt", BadImageList.fileName]
    if let foreign = names.sorted().first(where: { name in !own.contains(where: name.hasPrefix) }) {
      throw Failure(
        "holds '\(foreign)', which no packing wrote", at: folder.path,
        mend: "move it away, or choose another --out")
    }
    guard isLocked || names.isEmpty else {
      throw Failure(
        "left by a packing that was killed, or of one that is at work", at: folder.path,
        mend: "remove it unless it is at work")
    }
    for name in names {
      let file = folder.appendingPathComponent(name).path
      guard unlink(file) == 0 else { throw systemFailure("cannot remove what a killed packing left", file) }
    }
  }
}
