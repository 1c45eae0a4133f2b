import Platform

/// What a file may claim before it is refused, checked before memory is taken.
public struct DecodeLimits: Sendable, Equatable {
  /// Most pixels (width·height) an image may have.
  public var maximumPixels: Int
  /// Most bytes an image file may have.
  public var maximumBytes: Int

  /// Creates limits; by default 200 million pixels and 1 GiB.
  public init(maximumPixels: Int = 200_000_000, maximumBytes: Int = 1 << 30) {
    self.maximumPixels = maximumPixels
    self.maximumBytes = maximumBytes
  }

  func check(_ header: ImageHeader, place: String) throws(Failure) {
    // Sides come from 32-bit fields, so the product fits.
    guard header.width * header.height <= maximumPixels else {
      throw Failure(
        "an image of \(header.width)×\(header.height) pixels, above the limit of \(maximumPixels)",
        at: place, mend: "scale the image down, or raise the pixel limit")
    }
  }

  func check(byteCount: Int, place: String) throws(Failure) {
    guard byteCount <= maximumBytes else {
      throw Failure(
        "a file of \(byteCount) bytes, above the limit of \(maximumBytes)",
        at: place, mend: "remove the file, or raise the byte limit")
    }
  }
}
