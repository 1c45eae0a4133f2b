import Foundation
import Platform

/// How many bytes of a large file its image can need.
///
/// What follows the image is not read, and a file may hold only so many bytes of notes beside its pixels. Most files are
/// small: they are read whole, without asking.
enum EncodedExtent {
  /// Bytes beside those of the pixels that are always allowed.
  static let allowance = 64 << 20

  /// The bytes that are to be read of `count` at `offset` of an open file.
  ///
  /// - Throws: `Failure` when an image has more bytes than its pixels can need.
  static func bytes(of descriptor: Int32, at offset: Int, count: Int, place: String) throws(Failure) -> Int {
    guard count > allowance else { return count }
    let reader = Reader(descriptor: descriptor, offset: offset, count: count)
    guard let start = reader.bytes(8, at: 0) else { return count }
    switch start.withUnsafeBytes({ ImageFormat(signatureOf: $0) }) {
    case .png: return try png(reader, place)
    case .jpeg: return jpeg(reader)
    case nil: return count
    }
  }

  /// Up to the end of the last chunk of a PNG.
  private static func png(_ reader: Reader, _ place: String) throws(Failure) -> Int {
    guard let header = reader.bytes(24, at: 0), let width = header.number(at: 16, 4),
      let height = header.number(at: 20, 4)
    else { return reader.count }
    // Eight bytes a pixel, and what deflate adds to data that it cannot compress.
    let needed = (width + 1).multipliedReportingOverflow(by: height * 9)
    let limit = needed.overflow ? Int.max - allowance : needed.partialValue
    var end = 8
    while let chunk = reader.bytes(8, at: end), let length = chunk.number(at: 0, 4) {
      end += 12 + length
      if chunk[4...7].elementsEqual("IEND".utf8) || end > reader.count { break }
    }
    end = min(end, reader.count)
    guard end <= limit + allowance else {
      throw Failure(
        "a PNG of \(end) bytes for \(width)×\(height) pixels, which need \(limit) at most", at: place,
        mend: "write the image anew, without its notes")
    }
    return end
  }

  /// As many bytes of a JPEG as its pixels can need: its end shows only when it is decoded.
  private static func jpeg(_ reader: Reader) -> Int {
    var position = 2
    while let segment = reader.bytes(10, at: position), segment[0] == 0xFF {
      let marker = segment[1]
      guard let length = segment.number(at: 2, 2) else { break }
      // Start of frame, but not the tables and the extension among its markers.
      if (0xC0...0xCF).contains(marker), ![0xC4, 0xC8, 0xCC].contains(marker),
        let height = segment.number(at: 5, 2), let width = segment.number(at: 7, 2)
      {
        // Up to four components of four bytes a sample.
        return min(reader.count, position + 16 * (width + 64) * (height + 64) + allowance)
      }
      position += marker == 0xFF ? 1 : 2 + length
    }
    return reader.count
  }

  private struct Reader {
    let descriptor: Int32
    let offset, count: Int

    /// `length` bytes at a place in the image's data; nil beyond their end.
    func bytes(_ length: Int, at place: Int) -> [UInt8]? {
      guard place >= 0, place + length <= count else { return nil }
      let bytes = [UInt8](unsafeUninitializedCapacity: length) { buffer, received in
        received = max(0, pread(descriptor, buffer.baseAddress, length, off_t(offset + place)))
      }
      return bytes.count == length ? bytes : nil
    }
  }
}

extension [UInt8] {
  /// A number of `length` bytes, the highest first.
  fileprivate func number(at place: Int, _ length: Int) -> Int? {
    guard place + length <= count else { return nil }
    return self[place..<place + length].reduce(0) { $0 << 8 | Int($1) }
  }
}
