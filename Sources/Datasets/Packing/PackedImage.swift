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
  /// `jpg` or `png`.
  let ending: String
  /// Whether it is the file that was read, byte for byte.
  let isCopy: Bool

  /// Reads an image whole, so that damage is found, and brings it into its form.
  ///
  /// JPEG files that need no change are copied, if `copies` allows it. Images of 16 bits or four channels become PNG, which alone can hold
  /// them.
  ///
  /// - Throws: `Failure` when it is damaged, or has a number of channels that neither format can hold.
  init(_ reader: ImageReader, form: PackedForm, copies: Bool) throws(Failure) {
    let image = try reader.image()
    guard [1, 3, 4].contains(image.channels) else {
      throw Failure(
        "an image of \(image.channels) channels, where JPEG and PNG hold 1, 3 or 4", at: reader.place,
        mend: "leave its bands in files of their own")
    }
    let isJPEG = reader.header?.format == .jpeg
    let staysPNG = image.isDeep || image.channels == 4 || (form.keepsPNG && !isJPEG)
    let format: ImageFormat = staysPNG ? .png : .jpeg
    let size = form.shorterSide.flatMap { Self.reduced(image, shorterSide: $0) }
    if copies, size == nil, let header = reader.header, header.isUpright, let bytes = reader.encoded,
      header.format == format
    {
      data = bytes.data
      isCopy = true
    } else {
      let resized = size.map { image.resized(width: $0.width, height: $0.height, filter: .bicubic) } ?? image
      do throws(Failure) {
        data = try staysPNG ? PNGEncoder.encodeExactly(resized) : form.encoder.encode(resized)
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
