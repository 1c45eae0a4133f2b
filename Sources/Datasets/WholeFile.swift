import Foundation
import Platform

/// Reads files that are wanted in memory whole.
enum WholeFile {
  /// The bytes of a regular file, its size checked before memory is taken.
  ///
  /// - Throws: `Failure` naming the path when it cannot be read, is no regular file or is above the limit.
  static func read(_ path: String, maximumBytes: Int) throws(Failure) -> [UInt8] {
    // O_NONBLOCK: opening a pipe must not wait for a writer.
    let descriptor = path.withRawPath { open($0, O_RDONLY | O_CLOEXEC | O_NONBLOCK) }
    guard descriptor >= 0 else { throw systemFailure("cannot open the file", path) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw systemFailure("cannot read the file", path) }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw Failure("not a regular file", at: path, mend: "put the file itself there")
    }
    guard status.st_size <= maximumBytes else {
      throw Failure(
        "a file of \(status.st_size) bytes, above the limit of \(maximumBytes)", at: path,
        mend: "split it into smaller ones")
    }
    var isUnreadable = false
    let bytes = [UInt8](unsafeUninitializedCapacity: Int(status.st_size)) { buffer, received in
      guard let base = buffer.baseAddress else { return }
      while received < buffer.count {
        let step = Foundation.read(descriptor, base + received, buffer.count - received)
        if step < 0 && errno == EINTR { continue }
        isUnreadable = step < 0
        guard step > 0 else { return }
        received += step
      }
    }
    guard !isUnreadable else { throw systemFailure("cannot read the file", path) }
    return bytes
  }
}
