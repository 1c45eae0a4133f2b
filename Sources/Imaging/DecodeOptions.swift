import Platform

/// What becomes of image files whose data end early.
public enum TruncatedImages: String, Sendable, Codable, CaseIterable {
  /// They are bad images.
  case skip
  /// They are used, gray where the data are missing.
  case pad
}

/// How image files are read: what they may claim before they are refused, checked before memory is taken, and what is
/// made of odd ones.
public struct DecodeOptions: Sendable, Equatable {
  /// The version of all code that decodes and resizes: raise it when it changes any sample of any image. What caches kept
  /// before is then decoded anew.
  public static let codeVersion = 1

  /// Most pixels (width·height) an image may have.
  public var maximumPixels: Int
  /// Most bytes an image file may have.
  public var maximumBytes: Int
  /// What becomes of files whose data end early.
  public var truncated: TruncatedImages
  /// Whether a fourth channel is a channel like others; if not, it is alpha, and the image is composited on white.
  public var keepsAlpha: Bool
  /// What of a file with several pages is the image.
  public var pages = PageChoice.page(0)
  /// What floating-point samples range over; nil means 0…1, or all that samples of whole numbers can hold.
  public var range: SampleRange?
  /// Whether a medical image ranges over the first window that it names, and is clipped to that; if not, or where it names
  /// none, over all that its numbers can be.
  public var usesWindow = false
  /// Whether floating-point samples stay as they are stored, and missing ones not a number: to be measured, not shown.
  package var keepsStoredValues = false

  /// Creates options; by default 200 million pixels, 1 GiB, no truncated files, alpha composited, first pages.
  public init(
    maximumPixels: Int = 200_000_000, maximumBytes: Int = 1 << 30, truncated: TruncatedImages = .skip,
    keepsAlpha: Bool = false
  ) {
    self.maximumPixels = maximumPixels
    self.maximumBytes = maximumBytes
    self.truncated = truncated
    self.keepsAlpha = keepsAlpha
  }

  func check(_ header: ImageHeader, place: String) throws(Failure) {
    try check(width: header.width, height: header.height, place: place)
  }

  /// Checks the sides of an image.
  ///
  /// - Throws: `Failure` above the limit.
  package func check(width: Int, height: Int, place: String) throws(Failure) {
    // Sides come from 32-bit fields, so the product fits.
    guard width * height <= maximumPixels else {
      throw Failure(
        "an image of \(width)×\(height) pixels, above the limit of \(maximumPixels)",
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
