import Platform

/// An image: `height` rows of `width` pixels of `channels` interleaved samples, row-major (HWC), of 8 or 16 bits
/// or in single precision.
public struct Image: Sendable, Equatable {
  /// Pixels a row.
  public let width: Int
  /// Rows.
  public let height: Int
  /// Samples a pixel: 1 gray; 3 red, green, blue; any other number, up to 64, is bands without a meaning of their own.
  public let channels: Int
  /// The samples, `[height, width, channels]`.
  public let samples: PixelSamples

  /// The most channels an image may have.
  public static let maximumChannels = 64

  /// Creates an image from its samples `[height, width, channels]`.
  public init(width: Int, height: Int, channels: Int, samples: PixelSamples) {
    precondition(width > 0 && height > 0, "an image has at least one pixel, not \(width)×\(height)")
    precondition(
      (1...Self.maximumChannels).contains(channels),
      "an image has 1 to \(Self.maximumChannels) channels, not \(channels)")
    precondition(
      samples.count == width * height * channels,
      "\(width)×\(height)×\(channels) needs \(width * height * channels) samples, not \(samples.count)")
    self.width = width
    self.height = height
    self.channels = channels
    self.samples = samples
  }

  /// Creates an image from samples of 8 bits, `[height, width, channels]`.
  public init(width: Int, height: Int, channels: Int, pixels: [UInt8]) {
    self.init(width: width, height: height, channels: channels, samples: .eightBit(pixels))
  }

  /// Creates an image whose samples `fill` writes, every one of them.
  package init<Sample: PixelSample>(
    width: Int, height: Int, channels: Int, filling fill: (UnsafeMutablePointer<Sample>) -> Void
  ) {
    self.init(
      width: width, height: height, channels: channels,
      samples: Sample.wrap(filledSamples(width * height * channels, fill)))
  }

  /// The samples in 8 bits.
  public var pixels: [UInt8] { samples.bytes }

  /// Whether samples have more than 8 bits.
  public var isDeep: Bool { samples.format != .eightBit }
}

/// `count` samples that `fill` writes, every one of them.
func filledSamples<Sample>(_ count: Int, _ fill: (UnsafeMutablePointer<Sample>) -> Void) -> [Sample] {
  [Sample](unsafeUninitializedCapacity: count) { buffer, initialized in
    if let base = buffer.baseAddress { fill(base) }
    initialized = count
  }
}
