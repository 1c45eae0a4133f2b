import Imaging

/// The extensions by which a file is taken for an image: those of all codecs.
package enum ImageExtension {
  /// Bytes of a code.
  private static let longest = 8
  private static let codes = ImageCodecs.formats.flatMap(\.extensions).map { ending in
    precondition((1...longest).contains(ending.utf8.count), "an extension of \(ending.utf8.count) bytes")
    return ending.utf8.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
  }

  /// Whether a path is that of an image, by its extension.
  package static func isImage(_ path: String) -> Bool { start(in: Array(path.utf8)) != nil }

  /// Where the extension of an image starts in a file's name, with its dot; nil when the file is no image.
  static func start(in name: some RandomAccessCollection<UInt8>) -> Int? {
    var code: UInt64 = 0
    var length = 0
    for byte in name.reversed() {
      if byte == UInt8(ascii: ".") { return codes.contains(code) ? name.count - length - 1 : nil }
      guard length < longest else { return nil }
      let isCapital = byte &- UInt8(ascii: "A") < 26
      code |= UInt64(isCapital ? byte | 0x20 : byte) << (8 * UInt64(length))
      length += 1
    }
    return nil
  }
}
