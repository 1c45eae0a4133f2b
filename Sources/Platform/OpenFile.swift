import Foundation

/// A file that is open for as long as the object lives, and read from places in it.
package final class OpenFile: Sendable {
  package let descriptor: Int32
  /// Bytes of the file.
  package let size: Int
  /// When it was changed last, in nanoseconds.
  package let modified: Int
  private let path: String
  // What failures call it.
  private let kind: String

  /// Opens the file at `path`.
  ///
  /// - Parameter kind: what failures call it, such as `archive`.
  /// - Throws: `Failure` when it cannot be opened or is no regular file.
  package init(_ path: String, _ kind: String) throws(Failure) {
    // O_NONBLOCK: opening a pipe must not wait for a writer.
    let descriptor = path.withRawPath { open($0, O_RDONLY | O_CLOEXEC | O_NONBLOCK) }
    guard descriptor >= 0 else { throw systemFailure("cannot open the \(kind)", path) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      let failure = systemFailure("cannot read the \(kind)", path)
      close(descriptor)
      throw failure
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      throw Failure("not a regular file", at: path, mend: "put the \(kind) itself there")
    }
    self.descriptor = descriptor
    self.path = path
    self.kind = kind
    size = Int(status.st_size)
    modified = Int(status.st_mtim.tv_sec) * 1_000_000_000 + Int(status.st_mtim.tv_nsec)
  }

  deinit { close(descriptor) }

  /// `count` bytes from `offset` on.
  ///
  /// - Throws: `Failure` when they cannot be read.
  package func read(_ count: Int, at offset: Int) throws(Failure) -> [UInt8] {
    var isCutShort = false
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, received in
      guard let base = buffer.baseAddress else { return }
      while received < count {
        let step = pread(descriptor, base + received, count - received, off_t(offset + received))
        if step < 0 && errno == EINTR { continue }
        isCutShort = step == 0
        guard step > 0 else { return }
        received += step
      }
    }
    guard !isCutShort else {
      throw Failure("the \(kind) became shorter while it was read", at: path, mend: "start again")
    }
    guard bytes.count == count else { throw systemFailure("cannot read the \(kind)", path) }
    return bytes
  }
}
