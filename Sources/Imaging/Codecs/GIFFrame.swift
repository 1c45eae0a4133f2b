import Platform

/// What a GIF says about its first frame, up to the frame's data.
struct GIFFrame {
  /// The sides of the canvas: of the logical screen, or more where the frame reaches beyond it.
  private(set) var canvasWidth, canvasHeight: Int
  /// Where on the canvas the frame is.
  private(set) var left = 0, top = 0, width = 0, height = 0
  private(set) var isInterlaced = false
  /// Red, green and blue of 256 indices; black beyond those that the file names.
  private(set) var palette: [UInt8]
  /// The index of the transparent colour.
  private(set) var transparent: UInt8?
  /// Bits of the smallest codes, less one.
  private(set) var codeSize = 0
  /// Where the blocks of codes start.
  private(set) var dataStart = 0

  private enum Block {
    static let image = 0x2C
    static let extensionStart = 0x21
    static let trailer = 0x3B
    static let graphicControl = 0xF9
  }

  /// - Throws: `Failure` when the file ends before the frame's data, or says what cannot be.
  init(_ bytes: UnsafeRawBufferPointer, place: String) throws(Failure) {
    var cursor = Cursor(bytes: bytes, offset: 6, place: place)
    canvasWidth = try cursor.next(2)
    canvasHeight = try cursor.next(2)
    let flags = try cursor.next(1)
    try cursor.skip(2)
    // Without a palette indices are levels of gray.
    palette = (0..<256).flatMap { [UInt8](repeating: UInt8($0), count: 3) }
    if flags & 0x80 != 0 { palette = try cursor.palette(flags) }
    while true {
      switch try cursor.next(1) {
      case Block.image:
        try readImage(&cursor)
        return
      case Block.extensionStart:
        let label = try cursor.next(1)
        if label == Block.graphicControl { try readGraphicControl(&cursor) }
        while case let length = try cursor.next(1), length > 0 { try cursor.skip(length) }
      case 0:
        // Some programs end a block twice.
        continue
      case Block.trailer:
        throw damaged("GIF", "no image in it", place: place)
      default:
        throw damaged("GIF", "neither an image nor an extension where one has to be", place: place)
      }
    }
  }

  /// A block of flags, a delay and the transparent index.
  private mutating func readGraphicControl(_ cursor: inout Cursor) throws(Failure) {
    let length = try cursor.next(1)
    guard length >= 4 else { throw damaged("GIF", "a short graphic control extension", place: cursor.place) }
    let flags = try cursor.next(1)
    try cursor.skip(2)
    let index = try cursor.next(1)
    if flags & 1 != 0 { transparent = UInt8(index) }
    try cursor.skip(length - 4)
  }

  private mutating func readImage(_ cursor: inout Cursor) throws(Failure) {
    left = try cursor.next(2)
    top = try cursor.next(2)
    width = try cursor.next(2)
    height = try cursor.next(2)
    guard width > 0, height > 0 else { throw damaged("GIF", "a frame without pixels", place: cursor.place) }
    canvasWidth = max(canvasWidth, left + width)
    canvasHeight = max(canvasHeight, top + height)
    let flags = try cursor.next(1)
    isInterlaced = flags & 0x40 != 0
    if flags & 0x80 != 0 { palette = try cursor.palette(flags) }
    codeSize = try cursor.next(1)
    guard (2...8).contains(codeSize) else {
      throw damaged("GIF", "codes of \(codeSize) bits", place: cursor.place)
    }
    dataStart = cursor.offset
  }

  private struct Cursor {
    let bytes: UnsafeRawBufferPointer
    var offset: Int
    let place: String

    mutating func next(_ count: Int) throws(Failure) -> Int {
      guard let value = bytes.number(at: offset, bytes: count, bigEndian: false) else {
        throw damaged("GIF", "the file ends too early", place: place)
      }
      offset += count
      return value
    }

    mutating func skip(_ count: Int) throws(Failure) {
      guard count <= bytes.count - offset else {
        throw damaged("GIF", "the file ends too early", place: place)
      }
      offset += count
    }

    /// Three bytes each of 2^(n + 1) colours, n the last three flags.
    mutating func palette(_ flags: Int) throws(Failure) -> [UInt8] {
      let start = offset
      let count = 3 << (flags & 7 + 1)
      try skip(count)
      return [UInt8](bytes[start..<start + count]) + [UInt8](repeating: 0, count: 768 - count)
    }
  }
}
