import Platform

/// What a BMP says before its pixels.
struct BMPHeader {
  let width, height: Int
  /// Whether the first row of the file is the top one.
  let isTopDown: Bool
  /// Bits a pixel.
  let depth: Int
  /// Whether the pixels are runs of indices.
  let isRunLength: Bool
  /// Where the pixels start.
  let dataStart: Int
  /// Red, green and blue of 256 indices, black beyond those that the file names; empty where pixels hold colours.
  let palette: [UInt8]
  /// Where in a pixel red, green, blue and perhaps alpha are; empty where pixels are indices.
  let fields: [BitField]

  private enum Compression {
    static let none = 0
    static let runLength8 = 1
    static let runLength4 = 2
    static let fields = 3
    static let jpeg = 4
    static let png = 5
    static let alphaFields = 6
  }

  /// Sizes of the header behind that of the file: OS/2 1.x, OS/2 2.x short and whole, Windows 3, its versions 2 to 5.
  private enum Size {
    static let core = 12
    static let os2 = [16, 64]
    static let alpha = 56
    static let all = [12, 16, 40, 52, 56, 64, 108, 124]
  }

  private static let start = 14

  /// - Throws: `Failure` when the file ends before its pixels, says what cannot be, or is of a kind that is not read.
  init(_ bytes: UnsafeRawBufferPointer, place: String) throws(Failure) {
    func number(_ offset: Int, _ count: Int) throws(Failure) -> Int {
      guard let value = bytes.number(at: offset, bytes: count, bigEndian: false) else {
        throw damaged("BMP", "the header ends too early", place: place)
      }
      return value
    }
    func signed(_ offset: Int) throws(Failure) -> Int {
      Int(Int32(truncatingIfNeeded: try number(offset, 4)))
    }
    let size = try number(Self.start, 4)
    guard Size.all.contains(size) else {
      throw damaged("BMP", "a header of \(size) bytes", place: place)
    }
    let isCore = size == Size.core
    let rows: Int
    if isCore {
      width = try number(18, 2)
      rows = try number(20, 2)
      depth = try number(24, 2)
    } else {
      width = try signed(18)
      rows = try signed(22)
      depth = try number(28, 2)
    }
    guard width > 0, rows != 0 else {
      throw damaged("BMP", "sides of \(width) and \(rows) pixels", place: place)
    }
    height = abs(rows)
    isTopDown = rows < 0
    let compression = size < 40 ? Compression.none : try number(30, 4)
    try Self.check(compression, depth, isOS2: Size.os2.contains(size), place: place)
    isRunLength = [Compression.runLength8, Compression.runLength4].contains(compression)

    var paletteStart = Self.start + size
    if depth > 8 {
      palette = []
      let masks: [Int]
      switch compression {
      case Compression.fields, Compression.alphaFields:
        // In later headers the masks are where they follow an earlier one.
        let count = size >= Size.alpha || compression == Compression.alphaFields ? 4 : 3
        masks = try (0..<count).map { (index) throws(Failure) in try number(54 + 4 * index, 4) }
        paletteStart = max(paletteStart, 54 + 4 * count)
      default:
        masks = depth == 16 ? [0x7C00, 0x3E0, 0x1F] : [0xFF0000, 0xFF00, 0xFF]
      }
      fields = try Self.fields(masks, depth, isNamed: compression == Compression.alphaFields, place: place)
      let offset = try number(10, 4)
      dataStart = offset == 0 ? paletteStart : offset
    } else {
      fields = []
      let entry = isCore ? 3 : 4
      let named = size < 40 ? 0 : try number(46, 4)
      let colors = named == 0 ? 1 << depth : named
      let offset = try number(10, 4)
      // Some programs say that the pixels start where the palette does.
      dataStart = offset == 0 || offset == paletteStart ? paletteStart + entry * colors : offset
      let room = max(0, dataStart - paletteStart) / entry
      let count = min(colors, room, 256)
      _ = try number(paletteStart + entry * count - 1, 1)
      palette =
        (0..<count).flatMap { index in (0..<3).map { bytes[paletteStart + entry * index + 2 - $0] } }
        + [UInt8](repeating: 0, count: 768 - 3 * count)
    }
    guard dataStart >= Self.start + size else {
      throw damaged("BMP", "pixels that start inside the header", place: place)
    }
  }

  /// Bytes from a row to the next, a multiple of four.
  var rowBytes: Int { (width * depth + 31) / 32 * 4 }

  /// Bytes of a row that hold pixels; the last row of some files ends with them.
  var pixelBytes: Int { (width * depth + 7) / 8 }

  private static func check(
    _ compression: Int, _ depth: Int, isOS2: Bool, place: String
  ) throws(Failure) {
    let depths: [Int]
    switch compression {
    case Compression.none: depths = [1, 2, 4, 8, 16, 24, 32]
    case Compression.runLength8: depths = [8]
    case Compression.runLength4: depths = [4]
    case Compression.fields where isOS2: throw refused("Huffman coding", place)
    case Compression.jpeg where isOS2: throw refused("runs of 24 bits", place)
    case Compression.fields, Compression.alphaFields: depths = [16, 24, 32]
    case Compression.jpeg: throw refused("a JPEG in it", place)
    case Compression.png: throw refused("a PNG in it", place)
    default: throw refused("compression \(compression)", place)
    }
    guard depths.contains(depth) else {
      throw damaged("BMP", "\(depth) bits a pixel with compression \(compression)", place: place)
    }
  }

  private static func refused(_ kind: String, _ place: String) -> Failure {
    notDecoded("BMP", kind, place: place, mend: "convert it to PNG, or to a BMP without compression")
  }

  /// - Parameter isNamed: whether the compression says that there is alpha.
  private static func fields(
    _ masks: [Int], _ depth: Int, isNamed: Bool, place: String
  ) throws(Failure) -> [BitField] {
    var masks = masks
    // A pixel of 32 bits without masks holds blue, green, red and alpha.
    if depth == 32, masks.allSatisfy({ $0 == 0 }) { masks = [0xFF0000, 0xFF00, 0xFF, 0xFF00_0000] }
    let hasUsualColors =
      depth == 16 && [[0xF800, 0x7E0, 0x1F], [0x7C00, 0x3E0, 0x1F]].contains(Array(masks.prefix(3)))
    // Pillow passes over the alpha of such pixels, which many programs leave at 0.
    if masks.count == 4, masks[3] == 0 || (hasUsualColors && !isNamed) { masks.removeLast() }
    let fields = masks.compactMap { BitField(UInt32($0)) }
    guard fields.count == masks.count, masks.allSatisfy({ $0 >> depth == 0 }) else {
      throw damaged("BMP", "masks that cannot be", place: place)
    }
    return fields
  }
}
