/// What the first bytes of a file say that it is.
package enum ImageSignature: Sendable, Equatable {
  /// A format that is read.
  case read(ImageFormat)
  /// A format of images that is not read.
  case unread(ImageFormat)

  /// Bytes that are enough to tell.
  package static let byteCount = (ImageCodecs.formats + UnreadFormats.all).flatMap(\.signatures)
    .reduce(0) { max($0, $1.byteCount) }

  /// What the bytes show; nil when they are those of no image.
  package init?(_ start: UnsafeRawBufferPointer) {
    if let format = ImageCodecs.codec(for: start)?.format {
      self = .read(format)
    } else if let format = UnreadFormats.all.first(where: { $0.matches(start) }) {
      self = .unread(format)
    } else {
      return nil
    }
  }
}
