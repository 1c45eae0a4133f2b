import Foundation

/// One entry of the directory of a zip archive.
struct ZipEntry {
  /// The member's path; nil where it is not UTF-8.
  let name: String?
  /// The CRC-32 of the member.
  let checksum: UInt32
  /// Where the member's own header is.
  let offset: Int
  /// Where the next entry begins.
  let end: Int
  /// Why the member cannot be read; nil where it can.
  let unread: String?
  private let size: Int
  private let rawName: Data

  private static let signature: UInt32 = 0x0201_4B50
  private static let localSignature: UInt32 = 0x0403_4B50
  private static let wideTag: UInt16 = 1

  /// Nil where there is no whole entry.
  init?(_ fields: LittleEndianFields, at place: Int) {
    guard fields(place, UInt32.self) == Self.signature,
      let flags = fields(place + 8, UInt16.self), let method = fields(place + 10, UInt16.self),
      let checksum = fields(place + 16, UInt32.self),
      var packed = fields.int(place + 20, UInt32.self), var size = fields.int(place + 24, UInt32.self),
      let nameCount = fields.int(place + 28, UInt16.self),
      let extraCount = fields.int(place + 30, UInt16.self),
      let commentCount = fields.int(place + 32, UInt16.self), var disk = fields.int(place + 34, UInt16.self),
      var offset = fields.int(place + 42, UInt32.self),
      let rawName = fields.bytes(place + 46, count: nameCount)
    else { return nil }
    var wide = Self.wideField(fields, place + 46 + nameCount, count: extraCount)
    /// The next number of the zip64 field, which has those that do not fit, in this order.
    func widen<Bits: FixedWidthInteger & UnsignedInteger>(
      _ number: inout Int, over limit: Int, _: Bits.Type
    ) -> Bool {
      guard number == limit else { return true }
      guard let field = wide, field.count >= MemoryLayout<Bits>.size,
        let value = fields.int(field.lowerBound, Bits.self)
      else { return false }
      number = value
      wide = field.dropFirst(MemoryLayout<Bits>.size)
      return true
    }
    guard widen(&size, over: 0xFFFF_FFFF, UInt64.self), widen(&packed, over: 0xFFFF_FFFF, UInt64.self),
      widen(&offset, over: 0xFFFF_FFFF, UInt64.self), widen(&disk, over: 0xFFFF, UInt32.self)
    else { return nil }
    unread =
      switch true {
      case flags & 0x2041 != 0: "encrypted"
      case method == 8: "deflated"
      case method != 0: "packed (method \(method))"
      case packed != size: "\(size) bytes in \(packed)"
      case disk != 0: "in another part of it"
      default: nil
      }
    name = String(bytes: rawName, encoding: .utf8)
    end = place + 46 + nameCount + extraCount + commentCount
    (self.checksum, self.size, self.offset, self.rawName) = (checksum, size, offset, rawName)
  }

  /// Where the member's bytes are; nil where its own header is not there or another's, or they do not end by `limit`.
  ///
  /// Sizes and checksum of that header are not looked at: who streams an archive, as torch does, has not known them yet.
  func range(_ fields: LittleEndianFields, before limit: Int) -> Range<Int>? {
    guard fields(offset, UInt32.self) == Self.localSignature, fields(offset + 8, UInt16.self) == 0,
      let nameCount = fields.int(offset + 26, UInt16.self),
      let extraCount = fields.int(offset + 28, UInt16.self),
      fields.bytes(offset + 30, count: nameCount) == rawName
    else { return nil }
    let start = offset + 30 + nameCount + extraCount
    guard start <= limit, size <= limit - start else { return nil }
    return start..<start + size
  }

  /// The zip64 field among the extra fields, each of them a tag, a length and as many bytes.
  private static func wideField(_ fields: LittleEndianFields, _ start: Int, count: Int) -> Range<Int>? {
    var place = start
    while place + 4 <= start + count {
      guard let tag = fields(place, UInt16.self), let length = fields.int(place + 2, UInt16.self),
        place + 4 + length <= start + count
      else { return nil }
      if tag == wideTag { return place + 4..<place + 4 + length }
      place += 4 + length
    }
    return nil
  }
}
