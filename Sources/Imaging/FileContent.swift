import Foundation
import Platform

/// Reads whole files, their size checked first.
enum FileContent {
  static func read(_ url: URL, limits: DecodeLimits) throws(Failure) -> [UInt8] {
    let path = url.path
    // O_NONBLOCK: opening a pipe must not wait for a writer.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw systemFailure("cannot open the image", path) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw systemFailure("cannot read the image", path) }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw Failure("not a regular file", at: path, mend: "give the path of an image file")
    }
    let size = Int(status.st_size)
    try limits.check(byteCount: size, place: path)

    var readError = false
    let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      guard let base = buffer.baseAddress else { return }
      while count < size {
        let received = Foundation.read(descriptor, base + count, size - count)
        if received < 0 && errno == EINTR { continue }
        readError = received < 0
        if received <= 0 { break }
        count += received
      }
    }
    if readError { throw systemFailure("cannot read the image", path) }
    return bytes
  }
}
