import Foundation
import Platform

/// Keeps a folder for one process, until this value goes away or the process ends.
///
/// Without effect on file systems that know no locks.
final class FolderLock {
  private let descriptor: Int32

  /// Creates the folder where it is missing and locks it; `waits` for another process to end instead of refusing.
  ///
  /// - Throws: `Failure` when the folder cannot be created, or another process keeps it.
  init(_ folder: URL, waits: Bool = false) throws(Failure) {
    try AtomicFile.createFolder(folder)
    descriptor = open(folder.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw systemFailure("cannot open the folder", folder.path) }
    while flock(descriptor, waits ? LOCK_EX : LOCK_EX | LOCK_NB) != 0 {
      if errno == EINTR { continue }
      guard errno == EWOULDBLOCK else { break }
      throw Failure(
        "another process is at work in this folder", at: folder.path,
        mend: "wait until it has ended, or choose another --out")
    }
  }

  deinit { close(descriptor) }
}
