import Imaging

/// The extensions by which a file is taken for an image: those of all codecs.
package enum ImageExtension {
  /// Bytes of a code.
  private static let longest = 8
  private static let codes = codes(of: ImageCodecs.formats)
  private static let pagedCodes = codes(of: ImageCodecs.pagedFormats)

  private static func codes(of formats: [ImageFormat]) -> [UInt64] {
    formats.flatMap(\.extensions).map { ending in
      precondition((1...longest).contains(ending.utf8.count), "an extension of \(ending.utf8.count) bytes")
      return ending.utf8.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    }
  }

  /// Whether a path is that of an image, by its extension.
  package static func isImage(_ path: String) -> Bool { start(in: Array(path.utf8)) != nil }

  /// Where the extension of an image starts in a file's name, with its dot; nil when the file is no image.
  static func start(in name: some RandomAccessCollection<UInt8>) -> Int? {
    guard let (code, length) = code(of: name), codes.contains(code) else { return nil }
    return name.count - length - 1
  }

  /// Whether a file's name is no name of an image, or that of one of a format that can hold several pages.
  static func mayHoldPages(_ name: some RandomAccessCollection<UInt8>) -> Bool {
    guard let (code, _) = code(of: name) else { return true }
    return pagedCodes.contains(code) || !codes.contains(code)
  }

  /// The extension in small letters as a number, and its length.
  private static func code(of name: some RandomAccessCollection<UInt8>) -> (code: UInt64, length: Int)? {
    var code: UInt64 = 0
    var length = 0
    for byte in name.reversed() {
      if byte == UInt8(ascii: ".") { return (code, length) }
      guard length < longest else { return nil }
      let isCapital = byte &- UInt8(ascii: "A") < 26
      code |= UInt64(isCapital ? byte | 0x20 : byte) << (8 * UInt64(length))
      length += 1
    }
    return nil
  }
}
