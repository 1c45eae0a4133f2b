/// An 8-bit image: `height` rows of `width` pixels of `channels` interleaved samples, row-major (HWC).
public struct Image: Sendable, Equatable {
  /// Pixels a row.
  public let width: Int
  /// Rows.
  public let height: Int
  /// Samples a pixel: 1 gray, or 3 red, green, blue.
  public let channels: Int
  /// The samples, `[height, width, channels]`.
  public let pixels: [UInt8]

  /// Creates an image from its samples `[height, width, channels]`.
  public init(width: Int, height: Int, channels: Int, pixels: [UInt8]) {
    precondition(width > 0 && height > 0, "an image has at least one pixel, not \(width)×\(height)")
    precondition(channels == 1 || channels == 3, "an image has 1 or 3 channels, not \(channels)")
    precondition(
      pixels.count == width * height * channels,
      "\(width)×\(height)×\(channels) needs \(width * height * channels) samples, not \(pixels.count)")
    self.width = width
    self.height = height
    self.channels = channels
    self.pixels = pixels
  }

  /// Creates an image whose samples `fill` writes, every one of them.
  package init(
    width: Int, height: Int, channels: Int, filling fill: (UnsafeMutablePointer<UInt8>) -> Void
  ) {
    let count = width * height * channels
    let pixels = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      if let base = buffer.baseAddress { fill(base) }
      initialized = count
    }
    self.init(width: width, height: height, channels: channels, pixels: pixels)
  }
}
