/// Extensions of images that are not read.
enum UnreadExtension {
  /// Why such files are passed over.
  static let reason = "not read; convert to PNG or JPEG"

  private static let images: Set<String> = [
    "tif", "tiff", "webp", "gif", "bmp", "heic", "heif", "avif", "jp2", "j2k", "jxl", "dcm", "ppm", "pgm",
    "pnm", "tga", "exr", "hdr", "ico", "psd", "raw", "cr2", "nef", "arw", "dng",
  ]

  /// Whether a small-letter extension, without its dot, is that of an image that is not read.
  static func isImage(_ ending: some StringProtocol) -> Bool { images.contains(String(ending)) }
}
