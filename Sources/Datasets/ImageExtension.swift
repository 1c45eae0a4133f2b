/// The extensions by which a file is taken for an image.
package enum ImageExtension {
  private static let longest = 4
  private static let codes = ["png", "apng", "jpg", "jpeg", "jpe", "jif", "jfif", "jfi"].map {
    $0.utf8.reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
  }

  /// Whether a path is that of an image, by its extension.
  package static func isImage(_ path: String) -> Bool { start(in: Array(path.utf8)) != nil }

  /// Where the extension of an image starts in a file's name, with its dot; nil when the file is no image.
  static func start(in name: some RandomAccessCollection<UInt8>) -> Int? {
    var code: UInt32 = 0
    var length = 0
    for byte in name.reversed() {
      if byte == UInt8(ascii: ".") { return codes.contains(code) ? name.count - length - 1 : nil }
      guard length < longest else { return nil }
      // A letter and its capital differ in this bit alone, and no other byte shares the rest of theirs.
      code |= UInt32(byte | 0x20) << (8 * UInt32(length))
      length += 1
    }
    return nil
  }
}
