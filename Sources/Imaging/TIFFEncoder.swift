import CTIFF
import Foundation
import Platform

/// Encodes images as TIFF.
public enum TIFFEncoder {
  /// The bytes of a TIFF that holds every sample as it is: 8 or 16 bits or single precision, any number of channels, none of
  /// which is alpha; deflated differences in strips of about 256 KB.
  ///
  /// - Throws: `Failure` when memory runs out, or this build has no libtiff.
  public static func encode(_ image: Image) throws(Failure) -> Data {
    guard TIFFCodec.library != nil else {
      throw Failure(
        "cannot encode a TIFF: built without libtiff", at: ImageDecoder.memoryPlace,
        mend: "install libtiff-dev and build again")
    }
    guard let width = UInt32(exactly: image.width), let height = UInt32(exactly: image.height) else {
      throw failure(image, "its sides are above 32 bits")
    }
    var output: UnsafeMutablePointer<UInt8>?
    var size = 0
    let problem = image.samples.withUnsafeBytes { bytes in
      var picture = ctiff_picture(
        samples: bytes.baseAddress, width: width, height: height, channels: UInt32(image.channels),
        bits: UInt32(image.samples.format.bitCount))
      return CodecClock().codecMessage(capacity: CTIFF_MESSAGE_CAPACITY) { message in
        ctiff_encode(&picture, &output, &size, message)
      }
    }
    guard problem == nil, let output else { throw failure(image, problem ?? "no data") }
    return Data(bytesNoCopy: output, count: size, deallocator: .free)
  }

  private static func failure(_ image: Image, _ problem: String) -> Failure {
    Failure(
      "cannot encode a TIFF of \(image.width)×\(image.height) pixels: \(problem)",
      at: ImageDecoder.memoryPlace, mend: "write a smaller image")
  }
}
