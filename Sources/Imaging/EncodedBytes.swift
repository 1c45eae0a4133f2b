import Foundation
import Platform

/// The content of an image file, where it stays until the last one who reads it is done.
public final class EncodedBytes: @unchecked Sendable {
  // The memory is written before the object is shared, and never again.
  private let memory: UnsafeMutableRawBufferPointer

  /// Copies bytes that are in memory.
  public convenience init(_ bytes: [UInt8]) {
    self.init(count: bytes.count)
    memory.copyBytes(from: bytes)
  }

  private init(count: Int) {
    memory = .allocate(byteCount: count, alignment: 16)
  }

  deinit { memory.deallocate() }

  /// Number of bytes.
  public var count: Int { memory.count }

  /// The bytes, for as long as the object lives.
  package var buffer: UnsafeRawBufferPointer { UnsafeRawBufferPointer(memory) }

  /// A copy of the bytes.
  public var data: Data { Data(buffer) }

  /// Reads a file, its size checked first: whole, or where it is large as much of it as its image can need.
  ///
  /// - Throws: `Failure` naming the path when it cannot be read, is no regular file or is above the limit.
  public convenience init(contentsOf path: String, options: DecodeOptions) throws(Failure) {
    // O_NONBLOCK: opening a pipe must not wait for a writer.
    let descriptor = path.withRawPath { open($0, O_RDONLY | O_CLOEXEC | O_NONBLOCK) }
    guard descriptor >= 0 else { throw systemFailure("cannot open the image", path) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw systemFailure("cannot read the image", path) }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw Failure("not a regular file", at: path, mend: "give the path of an image file")
    }
    try self.init(
      reading: Int(status.st_size), at: 0, of: descriptor, options: options, place: path)
  }

  /// Reads `count` bytes of an open file, from `offset` on, their number checked first; of many, as much as an image can
  /// need.
  ///
  /// - Throws: `Failure` naming `place` when they cannot be read or are above the limit.
  public convenience init(
    reading count: Int, at offset: Int, of descriptor: Int32, options: DecodeOptions, place: String
  ) throws(Failure) {
    try options.check(byteCount: count, place: place)
    let file = EncodedFile(descriptor: descriptor, offset: offset, count: count, place: place)
    let count = try file.extent()
    self.init(count: count)
    var received = 0
    while received < count {
      let step = pread(
        descriptor, memory.baseAddress.map { $0 + received }, count - received, off_t(offset + received))
      if step < 0 && errno == EINTR { continue }
      guard step >= 0 else { throw systemFailure("cannot read the image", place) }
      guard step > 0 else {
        throw Failure("the file became shorter while it was read", at: place, mend: "try again")
      }
      received += step
    }
  }
}
