import Foundation
import Platform

/// Decodes PNG and JPEG. The content decides about the format, never the file's name.
///
/// PNG: every colour type and bit depth; 16-bit samples are rounded to 8; alpha is composited on white,
/// round((v·a + 255·(255−a))/255); gamma and colour profiles are ignored.
/// JPEG: gray, YCbCr, RGB, CMYK and YCCK, baseline and progressive, with libjpeg's accurate integer
/// transform and smooth upsampling (as Pillow); EXIF orientation is applied. Truncated or damaged data are
/// a failure, never an image with gray parts.
public enum ImageDecoder {
  /// Where data without a file are said to be.
  public static let memoryPlace = "image in memory"

  /// The header of an encoded image, without decoding pixels.
  ///
  /// - Throws: `Failure` when `bytes` are neither PNG nor JPEG, or their header is damaged.
  public static func header(of bytes: RawSpan, place: String = memoryPlace) throws(Failure) -> ImageHeader {
    guard bytes.byteCount > 0 else {
      throw Failure(
        "an empty file where an image was expected", at: place, mend: "replace or remove the file")
    }
    switch ImageFormat(signatureOf: bytes) {
    case .png: return try PNGDecoder.header(of: bytes, place: place)
    case .jpeg: return try JPEGDecoder.header(of: bytes, place: place)
    case nil:
      throw Failure(
        "neither PNG nor JPEG, by its first bytes", at: place,
        mend: "convert the image to PNG or JPEG, or remove the file")
    }
  }

  /// Decodes an encoded image.
  ///
  /// - Parameters:
  ///   - bytes: the whole file's content.
  ///   - limits: checked before pixel memory is taken.
  ///   - place: what a failure names, best the file's path.
  /// - Throws: `Failure` when the data are no PNG or JPEG, damaged, truncated or above `limits`.
  public static func decode(
    _ bytes: RawSpan, limits: DecodeLimits = DecodeLimits(), place: String = memoryPlace
  ) throws(Failure) -> Image {
    try limits.check(byteCount: bytes.byteCount, place: place)
    let header = try header(of: bytes, place: place)
    try limits.check(header, place: place)
    switch header.format {
    case .png: return try PNGDecoder.decode(bytes, header: header, place: place)
    case .jpeg: return try JPEGDecoder.decode(bytes, header: header, place: place)
    }
  }

  /// Decodes an encoded image held in an array; see `decode(_:limits:place:)` above.
  public static func decode(
    _ bytes: [UInt8], limits: DecodeLimits = DecodeLimits(), place: String = memoryPlace
  ) throws(Failure) -> Image {
    try decode(bytes.span.bytes, limits: limits, place: place)
  }

  /// Decodes an encoded image held in `Data`; see `decode(_:limits:place:)` above.
  public static func decode(
    _ data: Data, limits: DecodeLimits = DecodeLimits(), place: String = memoryPlace
  ) throws(Failure) -> Image {
    try decode(data.bytes, limits: limits, place: place)
  }

  /// Decodes an image file.
  ///
  /// - Throws: `Failure` naming the path when the file cannot be read, or as `decode(_:limits:place:)`.
  public static func decode(
    contentsOf url: URL, limits: DecodeLimits = DecodeLimits()
  ) throws(Failure) -> Image {
    let bytes = try FileContent.read(url, limits: limits)
    return try decode(bytes.span.bytes, limits: limits, place: url.path)
  }

  /// The header of an image file, without decoding pixels.
  ///
  /// - Throws: `Failure` naming the path when the file cannot be read or has no valid header.
  public static func header(
    ofContentsOf url: URL, limits: DecodeLimits = DecodeLimits()
  ) throws(Failure) -> ImageHeader {
    let bytes = try FileContent.read(url, limits: limits)
    return try header(of: bytes.span.bytes, place: url.path)
  }
}
