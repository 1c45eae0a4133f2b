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

  /// - Parameter isZero: whether the bytes are zeros, which take no memory as long as nobody writes or reads them.
  private init(count: Int, isZero: Bool = false) {
    let start = isZero ? calloc(max(count, 1), 1) : malloc(max(count, 1))
    guard let start else { preconditionFailure("no memory for a file of \(count) bytes") }
    memory = UnsafeMutableRawBufferPointer(start: start, count: count)
  }

  deinit { free(memory.baseAddress) }

  /// Number of bytes.
  public var count: Int { memory.count }

  /// The bytes, for as long as the object lives.
  package var buffer: UnsafeRawBufferPointer { UnsafeRawBufferPointer(memory) }

  /// A copy of the bytes.
  public var data: Data { Data(buffer) }

  /// Reads a file, its size checked first: whole, or where it is large what of it its image can need.
  ///
  /// - Throws: `Failure` naming the path when it cannot be read, is no regular file or is above the limit.
  public convenience init(contentsOf path: String, options: DecodeOptions) throws(Failure) {
    let file = try OpenFile(path, "image")
    try self.init(reading: file.size, at: 0, of: file.descriptor, options: options, place: path)
    withExtendedLifetime(file) {}
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
    let pieces = try file.pieces(options.pages)
    let end = pieces.reduce(0) { max($0, $1.upperBound) }
    precondition(
      pieces.allSatisfy { $0.lowerBound >= 0 } && end <= count, "pieces beyond the end of \(place)")
    self.init(count: end, isZero: pieces.count > 1)
    for piece in pieces {
      var received = piece.lowerBound
      while received < piece.upperBound {
        let step = pread(
          descriptor, memory.baseAddress.map { $0 + received }, piece.upperBound - received,
          off_t(offset + received))
        if step < 0 && errno == EINTR { continue }
        guard step >= 0 else { throw systemFailure("cannot read the image", place) }
        guard step > 0 else {
          throw Failure("the file became shorter while it was read", at: place, mend: "try again")
        }
        received += step
      }
    }
  }

  /// How many pages the image file at `path` holds.
  ///
  /// - Throws: `Failure` naming the path when it cannot be read.
  package static func pageCount(ofFile path: String) throws(Failure) -> Int {
    let file = try OpenFile(path, "image")
    defer { withExtendedLifetime(file) {} }
    return try pageCount(of: file.size, at: 0, of: file.descriptor, place: path)
  }

  /// How many pages the image holds whose `count` bytes begin at `offset` of an open file.
  ///
  /// - Throws: `Failure` naming `place` when they cannot be read.
  package static func pageCount(
    of count: Int, at offset: Int, of descriptor: Int32, place: String
  ) throws(Failure) -> Int {
    try EncodedFile(descriptor: descriptor, offset: offset, count: count, place: place).pageCount()
  }
}
