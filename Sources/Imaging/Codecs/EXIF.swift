/// Finds the orientation in an EXIF note, wherever a format keeps it. Whatever is missing, out of bounds or of an
/// unexpected kind means "up": a damaged note must not cost an intact picture.
enum EXIF {
  /// The orientation of a note, which is a TIFF block.
  static func orientation(of note: Slice<UnsafeRawBufferPointer>) -> Orientation {
    entry(of: UnsafeRawBufferPointer(rebasing: note)) ?? .up
  }

  /// The orientation entry of the first directory of a TIFF block.
  private static func entry(of bytes: UnsafeRawBufferPointer) -> Orientation? {
    let bigEndian: Bool
    switch bytes.number(at: 0, bytes: 2) {
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
