import Foundation
import Platform

/// Decodes images of all formats in `ImageCodecs`. The content decides about the format, never the file's name.
///
/// PNG: every colour type and bit depth, 16-bit samples as they are; alpha is composited on white,
/// round((v·a + 255·(255−a))/255); gamma and colour profiles are ignored.
/// JPEG: gray, YCbCr, RGB, CMYK and YCCK, baseline and progressive, with libjpeg's accurate integer
/// transform and smooth upsampling (as Pillow); EXIF orientation is applied. Damaged data are a failure, and truncated
/// data unless `DecodeOptions.truncated` accepts them. docs/images.md has the whole contract.
public enum ImageDecoder {
  /// Where data without a file are said to be.
  public static let memoryPlace = "image in memory"

  /// The header of an encoded image, without decoding pixels.
  ///
  /// - Throws: `Failure` when `bytes` are of no format that is read, or their header is damaged.
  public static func header(
    of bytes: RawSpan, options: DecodeOptions = DecodeOptions(), place: String = memoryPlace
  ) throws(Failure) -> ImageHeader {
    try bytes.withUnsafeBytes { (buffer) throws(Failure) in
      try makeRowDecoder(buffer, options: options, place: place).header
    }
  }

  /// Decodes an encoded image.
  ///
  /// - Parameters:
  ///   - bytes: the whole file's content.
  ///   - options: their limits are checked before pixel memory is taken.
  ///   - place: what a failure names, best the file's path.
  /// - Throws: `Failure` when the data are of no format that is read, damaged, truncated or above the limits.
  public static func decode(
    _ bytes: RawSpan, options: DecodeOptions = DecodeOptions(), place: String = memoryPlace
  ) throws(Failure) -> Image {
    try bytes.withUnsafeBytes { (buffer) throws(Failure) in
      try decodeWhole(
        makeRowDecoder(buffer, options: options, place: place), options: options, place: place)
    }
  }

  /// Decodes an encoded image held in an array; see `decode(_:options:place:)` above.
  public static func decode(
    _ bytes: [UInt8], options: DecodeOptions = DecodeOptions(), place: String = memoryPlace
  ) throws(Failure) -> Image {
    try decode(bytes.span.bytes, options: options, place: place)
  }

  /// Decodes an encoded image held in `Data`; see `decode(_:options:place:)` above.
  public static func decode(
    _ data: Data, options: DecodeOptions = DecodeOptions(), place: String = memoryPlace
  ) throws(Failure) -> Image {
    try decode(data.bytes, options: options, place: place)
  }

  /// Decodes an image file.
  ///
  /// - Throws: `Failure` naming the path when the file cannot be read, or as `decode(_:options:place:)`.
  public static func decode(
    contentsOf url: URL, options: DecodeOptions = DecodeOptions()
  ) throws(Failure) -> Image {
    try ImageReader(contentsOf: url.path, options: options).image()
  }

  /// The header of an image file, without decoding pixels.
  ///
  /// - Throws: `Failure` naming the path when the file cannot be read or has no valid header.
  public static func header(
    ofContentsOf url: URL, options: DecodeOptions = DecodeOptions()
  ) throws(Failure) -> ImageHeader {
    let bytes = try EncodedBytes(contentsOf: url.path, options: options)
    return try withExtendedLifetime(bytes) { () throws(Failure) in
      try makeRowDecoder(bytes.buffer, options: options, place: url.path).header
    }
  }
}
