import Foundation
import Platform

/// An image's data in an open file, of which a codec looks at a few bytes here and there.
struct EncodedFile {
  /// Bytes beside those of the pixels that are always allowed.
  static let allowance = 64 << 20

  let descriptor: Int32
  /// Where the data begin in the file.
  let offset: Int
  /// Bytes of the data.
  let count: Int
  /// What a failure names.
  let place: String

  /// How many bytes the image can need, from the start of its data on.
  ///
  /// What follows the image is not read, and a file may hold only so many bytes of notes beside its pixels. Most files are
  /// small: they are read whole, without asking.
  ///
  /// - Throws: `Failure` when an image has more bytes than its pixels can need.
  func extent() throws(Failure) -> Int {
    guard count > Self.allowance, let start = bytes(ImageSignature.byteCount, at: 0),
      let codec = start.withUnsafeBytes({ ImageCodecs.codec(for: $0) })
    else { return count }
    return try codec.extent(of: self)
  }

  /// `length` bytes of the data from `position` on; nil beyond their end.
  func bytes(_ length: Int, at position: Int) -> [UInt8]? {
    guard position >= 0, position + length <= count else { return nil }
    let bytes = [UInt8](unsafeUninitializedCapacity: length) { buffer, received in
      received = max(0, pread(descriptor, buffer.baseAddress, length, off_t(offset + position)))
    }
    return bytes.count == length ? bytes : nil
  }
}

extension RandomAccessCollection where Element == UInt8, Index == Int {
  /// The unsigned number in `bytes` (at most 4) bytes from `offset` of a collection that starts at 0, or nil where they
  /// are not all there.
  func number(at offset: Int, bytes: Int, bigEndian: Bool = true) -> Int? {
    guard offset >= 0, offset <= count - bytes else { return nil }
    var value = 0
    for index in 0..<bytes {
      let position = bigEndian ? index : bytes - 1 - index
      value = value << 8 | Int(self[offset + position])
    }
    return value
  }
}
