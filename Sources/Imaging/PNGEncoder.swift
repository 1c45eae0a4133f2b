import CPNG
import Foundation
import Platform

/// Encodes images as PNG.
public enum PNGEncoder {
  /// The bytes of an 8-bit gray or RGB PNG: without loss, but for 16-bit samples and channels beyond the third.
  ///
  /// - Throws: `Failure` when memory runs out or a side is above what libpng writes (a million pixels).
  public static func encode(_ image: Image) throws(Failure) -> Data {
    let image = image.displayed
    return try encode(image.pixels, of: image)
  }

  /// The bytes of a PNG that holds every sample as it is: 8 or 16 bits; 1 to 4 channels, of which PNG takes the second
  /// of two and the fourth of four for alpha.
  ///
  /// - Throws: `Failure` for more channels, or as above.
  public static func encodeExactly(_ image: Image) throws(Failure) -> Data {
    guard image.channels <= 4 else {
      throw Failure(
        "an image of \(image.channels) channels does not fit in a PNG file", at: ImageDecoder.memoryPlace,
        mend: "give images of at most 4 channels")
    }
    switch image.samples {
    case .eightBit(let samples): return try encode(samples, of: image)
    case .sixteenBit(let samples): return try encode(samples, of: image)
    case .float:
      throw Failure(
        "samples in floating point do not fit in a PNG file", at: ImageDecoder.memoryPlace,
        mend: "keep the file that the image is from")
    }
  }

  private static func encode<Sample: IntegerSample>(_ samples: [Sample], of image: Image) throws(Failure)
    -> Data
  {
    guard let width = UInt32(exactly: image.width), let height = UInt32(exactly: image.height) else {
      throw Failure(
        "an image of \(image.width)×\(image.height) pixels does not fit in a PNG file",
        at: ImageDecoder.memoryPlace, mend: "write a smaller image")
    }
    var header = cpng_header(
      width: width, height: height, channels: UInt32(image.channels), depth: UInt32(Sample.bitWidth / 8),
      isInterlaced: false)
    var output: UnsafeMutablePointer<UInt8>?
    var size = 0
    let problem = samples.withUnsafeBytes { bytes in
      CodecClock().codecMessage(capacity: CPNG_MESSAGE_CAPACITY) { message in
        cpng_encode(bytes.bindMemory(to: UInt8.self).baseAddress, &header, &output, &size, message)
      }
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
