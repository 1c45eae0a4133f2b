import Foundation
import Imaging
import Platform

/// How images are stored in shards.
public struct PackedForm: Sendable, Equatable {
  /// What the shorter side is reduced to; nil keeps every size. Smaller images are never enlarged.
  public var shorterSide: Int?
  /// What encodes images as JPEG.
  public var encoder = JPEGEncoder()
  /// Whether images that do not come as JPEG are stored as PNG, without loss.
  public var keepsPNG = false
  /// Whether a fourth channel is a channel like others; if not, it is alpha, and the image is composited on white.
  public var keepsAlpha = false
  /// Every size kept, JPEG of quality 95.
  public init() {}
}

/// An image as it is stored in a shard.
struct PackedImage: Sendable {
  /// The content of the file.
  let data: Data
  /// `jpg`, `png` or `tif`.
  let ending: String
  /// Whether it is the file that was read, byte for byte.
  let isCopy: Bool

  /// Reads an image whole, so that damage is found, and brings it into its form.
  ///
  /// Files of the format that fits that need no change are copied, if `copies` allows it. Images of 16 bits or four
  /// channels become PNG; samples in floating point and other numbers of channels become TIFF, which alone can hold them.
  ///
  /// - Throws: `Failure` when it is damaged, or wants TIFF in a build without it.
  init(_ reader: ImageReader, form: PackedForm, copies: Bool) throws(Failure) {
    let image = try reader.image()
    let isJPEG = reader.header?.format == .jpeg
    let format: ImageFormat =
      if image.samples.format == .float || ![1, 3, 4].contains(image.channels) {
        .tiff
      } else if image.isDeep || image.channels == 4 || (form.keepsPNG && !isJPEG) {
        .png
      } else {
        .jpeg
      }
    let size = form.shorterSide.flatMap { Self.reduced(image, shorterSide: $0) }
    if copies, size == nil, let header = reader.header, header.isUpright, header.pageCount == 1,
      let bytes = reader.encoded, header.format == format
    {
      data = bytes.data
      isCopy = true
    } else {
      let resized = size.map { image.resized(width: $0.width, height: $0.height, filter: .bicubic) } ?? image
      do throws(Failure) {
        data =
          switch format {
          case .tiff: try TIFFEncoder.encode(resized)
          case .png: try PNGEncoder.encodeExactly(resized)
          default: try form.encoder.encode(resized)
          }
      } catch {
        throw Failure(error.problem, at: reader.place, mend: error.remedy)
      }
      isCopy = false
    }
    ending = format.extensions[0]
  }

  /// The size at which the shorter side is `side` and the longer trunc(side·long/short), as torchvision's `Resize`; nil
  /// when the image is not larger.
  static func reduced(_ image: Image, shorterSide side: Int) -> (width: Int, height: Int)? {
    guard min(image.width, image.height) > side else { return nil }
    return image.width <= image.height
      ? (side, side * image.height / image.width) : (side * image.width / image.height, side)
  }
}
