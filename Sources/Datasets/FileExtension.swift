/// The extension of a file's name.
enum FileExtension {
  /// The extension in small letters, without its dot; empty for a name without.
  static func of(_ path: ArraySlice<UInt8>) -> String {
    guard let dot = path.suffix(8).lastIndex(of: UInt8(ascii: ".")) else { return "" }
    return String(decoding: path[(dot + 1)...], as: UTF8.self).lowercased()
  }

  /// Whether a path is that of an image by its extension, one that is read or not.
  static func isImageLike(_ path: ArraySlice<UInt8>) -> Bool {
    ImageExtension.start(in: path) != nil || UnreadExtension.reason(of(path)) != nil
  }
}
