import Platform

/// The chunks of a WebP file around its picture: `RIFF size WEBP`, then chunks of a name, a size and content, padded to even.
struct WebPContainer {
  /// The file up to the end that it claims, or up to where it is cut short.
  let bytes: UnsafeRawBufferPointer
  /// Whether the file ends before the end that it claims.
  let isCutShort: Bool
  /// That of the chunk `EXIF`.
  let orientation: Orientation
  /// The first frame of an animation; nil for a still picture.
  let firstFrame: Frame?

  /// A frame of an animation.
  struct Frame {
    /// Its chunks, from that of its alpha or its picture on.
    let chunks: UnsafeRawBufferPointer
    /// Where on the canvas it is.
    let left, top, width, height: Int
  }

  private enum Name {
    static let extended = 0x5650_3858  // "VP8X"
    static let frame = 0x414E_4D46  // "ANMF"
    static let exif = 0x4558_4946  // "EXIF"
  }

  private enum Flag {
    static let animation = 0x02
    static let exif = 0x08
  }

  /// - Throws: `Failure` when it is an animation whose first frame is not there.
  init(_ file: UnsafeRawBufferPointer, place: String) throws(Failure) {
    let end = 8 + (file.number(at: 4, bytes: 4, bigEndian: false) ?? 0)
    isCutShort = end > file.count
    bytes = UnsafeRawBufferPointer(rebasing: file[..<max(12, min(end, file.count))])
    let flags = bytes.number(at: 12, bytes: 4) == Name.extended ? bytes.number(at: 20, bytes: 1) ?? 0 : 0
    let isAnimation = flags & Flag.animation != 0
    let hasNote = flags & Flag.exif != 0
    var frame: Frame?
    var orientation = Orientation.up
    var offset = 12
    while hasNote || (isAnimation && frame == nil), let chunk = Self.chunk(of: bytes, at: offset) {
      if isAnimation, frame == nil, chunk.name == Name.frame {
        frame = try Self.frame(of: chunk.content, place: place)
      }
      if hasNote, chunk.name == Name.exif {
        orientation = Self.orientation(of: chunk.content)
        break
      }
      offset = chunk.end
    }
    guard !isAnimation || frame != nil else {
      throw damaged(
        "WebP", isCutShort ? "the file ends too early" : "an animation without frames", place: place)
    }
    firstFrame = frame
    self.orientation = orientation
  }

  private struct Chunk {
    let name: Int
    let content: Slice<UnsafeRawBufferPointer>
    /// Where the next one starts.
    let end: Int
  }

  /// The chunk at an offset, cut where the bytes end; nil at their end.
  private static func chunk(of bytes: UnsafeRawBufferPointer, at offset: Int) -> Chunk? {
    guard let name = bytes.number(at: offset, bytes: 4),
      let size = bytes.number(at: offset + 4, bytes: 4, bigEndian: false)
    else { return nil }
    let start = offset + 8
    return Chunk(
      name: name, content: bytes[start..<min(start + size, bytes.count)], end: start + size + size % 2)
  }

  /// A frame's header has 16 bytes: left/2, top/2, width − 1 and height − 1 of 24 bits each, a duration, flags.
  private static func frame(
    of content: Slice<UnsafeRawBufferPointer>, place: String
  ) throws(Failure) -> Frame {
    let content = UnsafeRawBufferPointer(rebasing: content)
    guard let left = content.number(at: 0, bytes: 3, bigEndian: false),
      let top = content.number(at: 3, bytes: 3, bigEndian: false),
      let width = content.number(at: 6, bytes: 3, bigEndian: false),
      let height = content.number(at: 9, bytes: 3, bigEndian: false), content.count >= 16
    else { throw damaged("WebP", "a frame that ends too early", place: place) }
    return Frame(
      chunks: UnsafeRawBufferPointer(rebasing: content[16...]), left: 2 * left, top: 2 * top,
      width: width + 1,
      height: height + 1)
  }

  /// Some programs put the JPEG marker of EXIF before the note.
  private static func orientation(of content: Slice<UnsafeRawBufferPointer>) -> Orientation {
    let marker = Array("Exif".utf8) + [0, 0]
    return EXIF.orientation(of: content.starts(with: marker) ? content.dropFirst(marker.count) : content)
  }
}
