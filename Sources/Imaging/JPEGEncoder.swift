import CJPEG
import Foundation
import Platform

/// Encodes images as baseline JPEG, 8-bit gray or RGB: 16-bit samples are rounded, channels beyond the third dropped.
///
/// Quantisation is the IJG's for a quality of 1 to 100, with libjpeg's accurate integer transform: pixels decode as
/// those of Pillow's files of the same quality. Entropy tables are made for each image.
public struct JPEGEncoder: Sendable, Equatable {
  /// Loss: 1 (most) to 100 (least).
  public let quality: Int
  /// Whether colour is stored at half the width and height (4:2:0) rather than whole (4:4:4).
  public let halvesChroma: Bool

  /// Creates an encoder; without `halvesChroma` colour is whole from quality 95 on.
  public init(quality: Int = 95, halvesChroma: Bool? = nil) {
    precondition((1...100).contains(quality), "JPEGEncoder: a quality of \(quality)")
    self.quality = quality
    self.halvesChroma = halvesChroma ?? (quality < 95)
  }

  /// The JPEG file's bytes.
  ///
  /// - Throws: `Failure` when memory runs out or a side is above what libjpeg writes (65,500 pixels).
  public func encode(_ image: Image) throws(Failure) -> Data {
    let image = image.displayed
    // What does not fit in 32 bits is too large for libjpeg all the same.
    var header = cjpeg_header(
      width: UInt32(clamping: image.width), height: UInt32(clamping: image.height),
      channels: UInt32(image.channels), isUnsupported: false)
    var output: UnsafeMutablePointer<UInt8>?
    var size = 0
    let problem = CodecClock().codecMessage(capacity: CJPEG_MESSAGE_CAPACITY) { message in
      cjpeg_encode(image.pixels, &header, Int32(quality), halvesChroma, &output, &size, message)
    }
    guard problem == nil, let output else {
      throw Failure(
        "cannot encode a JPEG of \(image.width)×\(image.height) pixels: \(problem ?? "no data")",
        at: ImageDecoder.memoryPlace, mend: "make the image smaller, or choose PNG")
    }
    return Data(bytesNoCopy: output, count: size, deallocator: .free)
  }
}
