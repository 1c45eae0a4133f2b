import Platform

/// The chain of directories in a TIFF: one an image, each with the place of the next.
///
/// Classic, all numbers 32 bits: `II` or `MM` (the byte order), 42, the place of the first directory. A directory is a count of
/// 16 bits, entries of 12 bytes, and the place of the next, 0 after the last. BigTIFF has 43 in place of 42, then the
/// numbers 8 and 0 of 16 bits; its places and counts have 64 bits, and its entries 20 bytes.
struct TIFFDirectories<Source: ByteSource> {
  /// Where a directory lies.
  struct Directory {
    let offset: Int
    let entryCount: Int
  }

  /// The directories that are pages, in their order: no thumbnail, coarser level or mask of another.
  let pages: [Directory]
  private let all: [Directory]
  private let source: Source
  private let layout: Layout

  private struct Layout {
    let isBig: Bool
    let bigEndian: Bool

    var headerLength: Int { isBig ? 16 : 8 }
    var countLength: Int { isBig ? 8 : 2 }
    var entryLength: Int { isBig ? 20 : 12 }
    var placeLength: Int { isBig ? 8 : 4 }

    /// The number in 2, 4 or 8 bytes; nil beyond the end, and above what offsets in a file can be.
    func number(_ bytes: [UInt8], at offset: Int, length: Int) -> Int? {
      guard length == 8 else { return bytes.number(at: offset, bytes: length, bigEndian: bigEndian) }
      guard let first = bytes.number(at: offset, bytes: 4, bigEndian: bigEndian),
        let second = bytes.number(at: offset + 4, bytes: 4, bigEndian: bigEndian)
      else { return nil }
      let (high, low) = bigEndian ? (first, second) : (second, first)
      return high < 1 << 24 ? high << 32 | low : nil
    }
  }

  /// Walks the chain.
  ///
  /// - Parameter acceptsEnd: whether the chain may end with a directory that is not there, other than the first.
  /// - Throws: `Failure` when it is damaged or runs in circles.
  init(_ source: Source, acceptsEnd: Bool = false) throws(Failure) {
    self.source = source
    let place = source.place
    guard let start = source.bytes(min(16, source.count), at: 0), let layout = Self.layout(start),
      var next = layout.number(start, at: layout.isBig ? 8 : 4, length: layout.placeLength)
    else { throw damaged("TIFF", "no header", place: place) }
    self.layout = layout
    var all: [Directory] = []
    var pages: [Directory] = []
    var seen: Set<Int> = []
    // Tables that do not overlap are no longer than the file: that bounds the work, whatever the chain is.
    var left = source.count
    while next != 0 {
      guard seen.insert(next).inserted else {
        throw damaged("TIFF", "directories in a circle", place: place)
      }
      guard let table = Self.table(of: source, at: next, layout) else {
        if acceptsEnd && !all.isEmpty { break }
        throw damaged("TIFF", "directory \(all.count) is beyond the end of the file", place: place)
      }
      left -= table.count
      guard left >= 0 else { throw damaged("TIFF", "directories that overlap", place: place) }
      let directory = Directory(
        offset: next, entryCount: (table.count - layout.placeLength) / layout.entryLength)
      all.append(directory)
      if Self.isPage(table, directory.entryCount, layout) { pages.append(directory) }
      guard
        let following = layout.number(table, at: table.count - layout.placeLength, length: layout.placeLength)
      else { throw damaged("TIFF", "directory \(all.count) is beyond the end of the file", place: place) }
      next = following
    }
    guard let first = all.first else { throw damaged("TIFF", "no directory", place: place) }
    self.all = all
    // A file of nothing but a thumbnail shows it.
    self.pages = pages.isEmpty ? [first] : pages
  }

  private static func layout(_ start: [UInt8]) -> Layout? {
    guard let order = start.number(at: 0, bytes: 2), order == 0x4949 || order == 0x4D4D else { return nil }
    let bigEndian = order == 0x4D4D
    switch start.number(at: 2, bytes: 2, bigEndian: bigEndian) {
    case 42: return Layout(isBig: false, bigEndian: bigEndian)
    case 43:
      guard start.number(at: 4, bytes: 2, bigEndian: bigEndian) == 8,
        start.number(at: 6, bytes: 2, bigEndian: bigEndian) == 0
      else { return nil }
      return Layout(isBig: true, bigEndian: bigEndian)
    default: return nil
    }
  }

  /// The entries of a directory and the place of the next.
  private static func table(of source: Source, at offset: Int, _ layout: Layout) -> [UInt8]? {
    guard let start = source.bytes(layout.countLength, at: offset),
      let count = layout.number(start, at: 0, length: layout.countLength), (1...65535).contains(count)
    else { return nil }
    return source.bytes(count * layout.entryLength + layout.placeLength, at: offset + layout.countLength)
  }

  /// Whether a directory is one of an image that is no reduced copy (bit 0) and no mask (bit 2) of another.
  private static func isPage(_ table: [UInt8], _ count: Int, _ layout: Layout) -> Bool {
    for index in 0..<count {
      let entry = index * layout.entryLength
      let value = entry + layout.entryLength - layout.placeLength
      switch layout.number(table, at: entry, length: 2) {
      case 254:  // NewSubfileType
        let length = layout.number(table, at: entry + 2, length: 2) == 3 ? 2 : 4
        return (layout.number(table, at: value, length: length) ?? 0) & 5 == 0
      case 255:  // SubfileType, of old: 2 is a reduced copy
        return layout.number(table, at: value, length: 2) != 2
      default: continue
      }
    }
    return true
  }

  /// The header, the tables of all directories, and the values and pixels of one page; nil where that cannot be told.
  func pieces(ofPage number: Int) -> [Range<Int>]? {
    guard pages.indices.contains(number) else { return nil }
    let page = pages[number]
    guard let table = Self.table(of: source, at: page.offset, layout) else { return nil }
    var pieces = [0..<layout.headerLength]
    for directory in all {
      let length = layout.countLength + directory.entryCount * layout.entryLength + layout.placeLength
      pieces.append(directory.offset..<directory.offset + length)
    }
    var values = PixelPlaces()
    for index in 0..<page.entryCount {
      guard let entry = entry(index, of: table), values.take(entry, in: self) else { return nil }
      if let range = entry.range { pieces.append(range) }
    }
    guard let pixels = values.ranges(within: source.count) else { return nil }
    return Self.merged(pieces + pixels)
  }

  /// A tag with the place of its values.
  fileprivate struct Entry {
    let tag: Int
    let count: Int
    /// Bytes of a value.
    let size: Int
    /// Where the values lie, if not in the entry.
    let range: Range<Int>?
    /// The bytes of values that lie in the entry.
    let inline: [UInt8]
  }

  private func entry(_ index: Int, of table: [UInt8]) -> Entry? {
    let start = index * layout.entryLength
    let place = start + layout.entryLength - layout.placeLength
    guard let tag = layout.number(table, at: start, length: 2),
      let type = layout.number(table, at: start + 2, length: 2),
      let count = layout.number(table, at: start + 4, length: layout.placeLength), count <= source.count,
      let size = Self.size(ofType: type)
    else { return nil }
    let length = count * size
    if length <= layout.placeLength {
      return Entry(
        tag: tag, count: count, size: size, range: nil, inline: [UInt8](table[place..<place + length]))
    }
    guard let offset = layout.number(table, at: place, length: layout.placeLength),
      offset <= source.count - length
    else { return nil }
    return Entry(tag: tag, count: count, size: size, range: offset..<offset + length, inline: [])
  }

  private static func size(ofType type: Int) -> Int? {
    switch type {
    case 1, 2, 6, 7: 1  // bytes and text
    case 3, 8: 2  // of 16 bits
    case 4, 9, 11, 13: 4  // of 32 bits
    case 5, 10, 12, 16, 17, 18: 8  // fractions, and of 64 bits
    default: nil
    }
  }

  /// The values of an entry of unsigned numbers.
  fileprivate func numbers(_ entry: Entry) -> [Int]? {
    guard [2, 4, 8].contains(entry.size) else { return nil }
    let bytes = entry.range.map { source.bytes($0.count, at: $0.lowerBound) } ?? entry.inline
    guard let bytes else { return nil }
    var numbers: [Int] = []
    numbers.reserveCapacity(entry.count)
    for index in 0..<entry.count {
      guard let number = layout.number(bytes, at: index * entry.size, length: entry.size) else { return nil }
      numbers.append(number)
    }
    return numbers
  }

  /// Where the strips or tiles of a page lie.
  private struct PixelPlaces {
    var offsets: [Int]?
    var counts: [Int]?

    /// Takes what an entry says; false where the pixels of its page cannot be told from others.
    mutating func take(_ entry: Entry, in directories: TIFFDirectories) -> Bool {
      switch entry.tag {
      case 273, 324: offsets = directories.numbers(entry)  // StripOffsets, TileOffsets
      case 279, 325: counts = directories.numbers(entry)  // StripByteCounts, TileByteCounts
      // JPEGInterchangeFormat, JPEGQTables, JPEGDCTables and JPEGACTables of old JPEG point to further data.
      case 513, 519, 520, 521: return false
      default: break
      }
      return true
    }

    func ranges(within end: Int) -> [Range<Int>]? {
      guard let offsets, let counts, offsets.count == counts.count else { return nil }
      var ranges: [Range<Int>] = []
      for (offset, count) in zip(offsets, counts) where count > 0 {
        guard offset <= end, count <= end - offset else { return nil }
        ranges.append(offset..<offset + count)
      }
      return ranges
    }
  }

  /// In their order, those that touch or nearly do as one: reading a few kilobytes more costs less than another read.
  private static func merged(_ pieces: [Range<Int>]) -> [Range<Int>] {
    let gap = 16384
    var merged: [Range<Int>] = []
    for piece in pieces.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      if let last = merged.last, piece.lowerBound <= last.upperBound + gap {
        merged[merged.count - 1] = last.lowerBound..<max(last.upperBound, piece.upperBound)
      } else {
        merged.append(piece)
      }
    }
    return merged
  }
}
