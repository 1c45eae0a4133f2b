/// Finds the orientation in the EXIF note of a JPEG or PNG file. Whatever is missing, out of bounds or of an
/// unexpected kind means "up": a damaged note must not cost an intact picture.
enum EXIF {
  static func orientation(ofJPEG bytes: UnsafeRawBufferPointer) -> Orientation {
    var offset = 2
    while let marker = bytes.number(at: offset, bytes: 2, bigEndian: true), marker >= 0xFF00 {
      switch marker {
      case 0xFFFF:  // fill byte
        offset += 1
      case 0xFF01, 0xFFD0...0xFFD7:  // no content
        offset += 2
      case 0xFFDA, 0xFFD9:  // pixel data, end
        return .up
      default:
        guard let length = bytes.number(at: offset + 2, bytes: 2, bigEndian: true), length >= 2,
          offset + 2 + length <= bytes.count
        else { return .up }
        if marker == 0xFFE1, length >= 8,
          bytes.number(at: offset + 4, bytes: 4, bigEndian: true) == 0x4578_6966,  // "Exif", two zeros
          bytes.number(at: offset + 8, bytes: 2, bigEndian: true) == 0
        {
          return orientation(
            ofTIFF: UnsafeRawBufferPointer(rebasing: bytes[offset + 10..<offset + 2 + length])) ?? .up
        }
        offset += 2 + length
      }
    }
    return .up
  }

  static func orientation(ofPNG bytes: UnsafeRawBufferPointer) -> Orientation {
    var offset = 8
    while let length = bytes.number(at: offset, bytes: 4, bigEndian: true),
      let kind = bytes.number(at: offset + 4, bytes: 4, bigEndian: true),
      length <= bytes.count - offset - 8
    {
      switch kind {
      case 0x6558_4966:  // "eXIf"
        let content = bytes[offset + 8..<offset + 8 + length]
        return orientation(ofTIFF: UnsafeRawBufferPointer(rebasing: content)) ?? .up
      case 0x4945_4E44:  // "IEND"
        return .up
      default:
        offset += 12 + length
      }
    }
    return .up
  }

  /// The orientation entry of the first directory of a TIFF block.
  private static func orientation(ofTIFF bytes: UnsafeRawBufferPointer) -> Orientation? {
    let bigEndian: Bool
    switch bytes.number(at: 0, bytes: 2, bigEndian: true) {
    case 0x4949: bigEndian = false
    case 0x4D4D: bigEndian = true
    default: return nil
    }
    guard bytes.number(at: 2, bytes: 2, bigEndian: bigEndian) == 42,
      let directory = bytes.number(at: 4, bytes: 4, bigEndian: bigEndian),
      let count = bytes.number(at: directory, bytes: 2, bigEndian: bigEndian)
    else { return nil }
    for index in 0..<count {
      let entry = directory + 2 + 12 * index
      guard let tag = bytes.number(at: entry, bytes: 2, bigEndian: bigEndian) else { return nil }
      guard tag == 0x0112 else { continue }
      switch bytes.number(at: entry + 2, bytes: 2, bigEndian: bigEndian) {
      case 3:
        return bytes.number(at: entry + 8, bytes: 2, bigEndian: bigEndian).flatMap(
          Orientation.init(rawValue:))
      case 4:
        return bytes.number(at: entry + 8, bytes: 4, bigEndian: bigEndian).flatMap(
          Orientation.init(rawValue:))
      default: return nil
      }
    }
    return nil
  }
}

extension UnsafeRawBufferPointer {
  /// The unsigned number in `bytes` (at most 4) bytes from `offset`, or nil where they are not all there.
  fileprivate func number(at offset: Int, bytes: Int, bigEndian: Bool) -> Int? {
    guard offset >= 0, offset <= count - bytes else { return nil }
    var value = 0
    for index in 0..<bytes {
      let position = bigEndian ? index : bytes - 1 - index
      value = value << 8 | Int(self[offset + position])
    }
    return value
  }
}
