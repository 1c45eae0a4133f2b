import CPNG
import Foundation
import Platform

/// Encodes images as 8-bit gray or RGB PNG: without loss, but for 16-bit samples and channels beyond the third.
public enum PNGEncoder {
  /// The PNG file's bytes.
  ///
  /// - Throws: `Failure` when memory runs out or a side is above what libpng writes (a million pixels).
  public static func encode(_ image: Image) throws(Failure) -> Data {
    guard let width = UInt32(exactly: image.width), let height = UInt32(exactly: image.height) else {
      throw Failure(
        "an image of \(image.width)×\(image.height) pixels does not fit in a PNG file",
        at: ImageDecoder.memoryPlace, mend: "write a smaller image")
    }
    let image = image.displayed
    var header = cpng_header(
      width: width, height: height, channels: UInt32(image.channels), depth: 1, isInterlaced: false)
    var output: UnsafeMutablePointer<UInt8>?
    var size = 0
    let problem = CodecClock().codecMessage(capacity: CPNG_MESSAGE_CAPACITY) { message in
      cpng_encode(image.pixels, &header, &output, &size, message)
    }
    guard problem == nil, let output else {
      throw Failure(
        "cannot encode a PNG of \(width)×\(height) pixels: \(problem ?? "no data")",
        at: ImageDecoder.memoryPlace, mend: "write a smaller image")
    }
    return Data(bytesNoCopy: output, count: size, deallocator: .free)
  }
}

extension Image {
  /// Writes the image as a PNG file, which appears whole or not at all; `durably` as in `AtomicFile.write`.
  ///
  /// - Throws: `Failure` naming the path when the file cannot be written.
  public func writePNG(to url: URL, durably: Bool = true) throws(Failure) {
    try AtomicFile.write(PNGEncoder.encode(self), to: url, durably: durably)
  }
}
