import CZlib
import Foundation
import Platform

/// Reads a file from front to back, inflating it when it is gzip, checksum included.
struct GzipReader: ~Copyable {
  /// Bytes of the file as it is stored.
  let storedCount: Int
  private let path: String
  private let file: gzFile

  /// Opens a regular file.
  init(path: String) throws(Failure) {
    var status = stat()
    guard path.withRawPath({ stat($0, &status) }) == 0 else {
      throw systemFailure("cannot open the file", path)
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw Failure("not a regular file", at: path, mend: "put the file itself there")
    }
    guard let file = gzopen(path, "rb") else { throw systemFailure("cannot open the file", path) }
    gzbuffer(file, 1 << 18)
    self.path = path
    self.file = file
    storedCount = Int(status.st_size)
  }

  deinit { gzclose_r(file) }

  /// Whether the file is read as it is.
  var isPlain: Bool { gzdirect(file) == 1 }

  /// The next `count` bytes; fewer only when the file ends.
  ///
  /// - Throws: `Failure` when the file cannot be read, is damaged or ends inside its gzip stream.
  func read(upTo count: Int) throws(Failure) -> [UInt8] {
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, received in
      guard let base = buffer.baseAddress else { return }
      while received < count {
        let step = gzread(file, base + received, UInt32(min(count - received, 1 << 30)))
        guard step > 0 else { return }
        received += Int(step)
      }
    }
    var code: Int32 = 0
    let message = gzerror(file, &code)
    switch code {
    case Z_OK, Z_STREAM_END: return bytes
    case Z_ERRNO: throw systemFailure("cannot read the file", path)
    default:
      let reason = message.map { String(cString: $0) } ?? "error \(code)"
      throw Failure("damaged gzip data: \(reason)", at: path, mend: "fetch the file again")
    }
  }
}
