import Foundation

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

  /// What the first bytes of an open file show; nil when they are those of no image, or cannot be read.
  package init?(startOf descriptor: Int32) {
    let found = withUnsafeTemporaryAllocation(byteCount: Self.byteCount, alignment: 1) { buffer in
      let count = pread(descriptor, buffer.baseAddress, buffer.count, 0)
      return count > 0 ? ImageSignature(UnsafeRawBufferPointer(rebasing: buffer[..<count])) : nil
    }
    guard let found else { return nil }
    self = found
  }
}
