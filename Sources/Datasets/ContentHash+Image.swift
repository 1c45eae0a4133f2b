import Imaging
import Platform

extension ContentHash {
  /// The fingerprint of an image: of its samples, its shape and its depth.
  package init(of image: Image) {
    let samples = Self(of: image.samples)
    self.init(of: [
      samples.low, samples.high, UInt64(image.width), UInt64(image.height), UInt64(image.channels),
      UInt64(image.samples.format.bitCount),
    ])
  }

  /// The fingerprint of samples as they lie in memory.
  init(of samples: PixelSamples) {
    self = samples.withUnsafeBytes { Self(of: $0) }
  }
}
