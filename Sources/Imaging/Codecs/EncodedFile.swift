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

  /// Bytes up to which a file is read whole, whatever is in it.
  private static let smallest = 1 << 20

  /// The bytes that the image can need.
  ///
  /// What follows the image is not read, nor pages that are not asked for, and a file may hold only so many bytes of notes
  /// beside its pixels. Most files are small: they are read whole, without asking.
  ///
  /// - Throws: `Failure` when an image has more bytes than its pixels can need.
  func pieces(_ pages: PageChoice) throws(Failure) -> [Range<Int>] {
    guard count > Self.smallest, let codec, codec.holdsPages || count > Self.allowance else {
      return [0..<count]
    }
    return try codec.pieces(of: self, pages)
  }

  /// How many pages the file holds; 1 of a format without pages, and of what is no image.
  ///
  /// - Throws: `Failure` when that cannot be read.
  func pageCount() throws(Failure) -> Int { try codec?.pageCount(of: self) ?? 1 }

  private var codec: (any ImageCodec.Type)? {
    bytes(min(count, ImageSignature.byteCount), at: 0)?.withUnsafeBytes { ImageCodecs.codec(for: $0) }
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
