import Platform

/// What the end of a zip archive says: where its directory is and how many members it lists.
struct ZipEnd {
  let directory: Range<Int>
  let count: Int

  private static let signature: UInt32 = 0x0605_4B50
  fileprivate static let locatorSignature: UInt32 = 0x0706_4B50

  /// Finds the record at the end, before a comment of up to 65,535 bytes; nil where there is none.
  ///
  /// - Throws: what `refuse` makes of the reason why it cannot be right.
  init?(_ fields: LittleEndianFields, _ refuse: (String) -> Failure) throws(Failure) {
    let size = fields.data.count
    guard size >= 22,
      let place = stride(from: size - 22, through: max(0, size - 22 - 0xFFFF), by: -1).first(where: {
        fields($0, UInt32.self) == Self.signature && fields.int($0 + 20, UInt16.self) == size - 22 - $0
      }),
      let disk = fields(place + 4, UInt16.self), let firstDisk = fields(place + 6, UInt16.self),
      let onDisk = fields.int(place + 8, UInt16.self), var count = fields.int(place + 10, UInt16.self),
      var length = fields.int(place + 12, UInt32.self), var offset = fields.int(place + 16, UInt32.self)
    else { return nil }
    var end = place
    var isWhole = disk == firstDisk && (disk == 0 || disk == 0xFFFF) && onDisk == count
    let isTooNarrow = count == 0xFFFF || length == 0xFFFF_FFFF || offset == 0xFFFF_FFFF
    if isTooNarrow || fields(place - 20, UInt32.self) == Self.locatorSignature {
      guard let wide = WideEnd(fields, before: place) else { throw refuse("its zip64 record is damaged") }
      isWhole = isWhole && wide.isWhole
      guard count == 0xFFFF || count == wide.count, length == 0xFFFF_FFFF || length == wide.length,
        offset == 0xFFFF_FFFF || offset == wide.offset
      else { throw refuse("its two records of its end say different things") }
      (count, length, offset, end) = (wide.count, wide.length, wide.offset, wide.place)
    }
    guard isWhole else { throw refuse("it is one of several parts") }
    guard offset <= end, length == end - offset else {
      throw refuse("its directory claims \(length) bytes from byte \(offset) on and ends at byte \(end)")
    }
    directory = offset..<end
    self.count = count
  }
}

/// The zip64 record, which has room for larger numbers, and to which a locator behind it points. torch writes both always.
private struct WideEnd {
  let place: Int
  let isWhole: Bool
  let count: Int
  let length: Int
  let offset: Int

  private static let signature: UInt32 = 0x0606_4B50

  init?(_ fields: LittleEndianFields, before end: Int) {
    let locator = end - 20
    guard fields(locator, UInt32.self) == ZipEnd.locatorSignature,
      let disks = fields(locator + 16, UInt32.self),
      let place = fields.int(locator + 8, UInt64.self), fields(place, UInt32.self) == Self.signature,
      let size = fields.int(place + 4, UInt64.self), size >= 44, size == locator - place - 12,
      let disk = fields(place + 16, UInt32.self), let firstDisk = fields(place + 20, UInt32.self),
      let onDisk = fields.int(place + 24, UInt64.self), let count = fields.int(place + 32, UInt64.self),
      let length = fields.int(place + 40, UInt64.self), let offset = fields.int(place + 48, UInt64.self)
    else { return nil }
    isWhole = disks <= 1 && disk == 0 && firstDisk == 0 && onDisk == count
    (self.place, self.count, self.length, self.offset) = (place, count, length, offset)
  }
}
