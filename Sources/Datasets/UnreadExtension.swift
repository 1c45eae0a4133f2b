import Imaging

/// Extensions of images that are not read.
enum UnreadExtension {
  /// Why such files are passed over.
  static let reason = "not read; convert to \(ImageCodecs.titles(joinedBy: "or"))"

  private static let images = Set(UnreadFormats.all.flatMap(\.extensions))

  /// Whether a small-letter extension, without its dot, is that of an image that is not read.
  static func isImage(_ ending: some StringProtocol) -> Bool { images.contains(String(ending)) }
}
