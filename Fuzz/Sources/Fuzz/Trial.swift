import Imaging

/// Everything a file may meet: its header read, all of it decoded, crops at several sizes.
struct Trial {
  let bytes: [UInt8]

  /// The number of decodes that gave an image.
  func run(using generator: inout SplitMix64) -> Int {
    var images = 0
    for truncated in TruncatedImages.allCases {
      let options = DecodeOptions(
        maximumPixels: 1_000_000, truncated: truncated, keepsAlpha: Bool.random(using: &generator))
      _ = try? ImageDecoder.header(of: bytes.span.bytes, options: options)
      if (try? ImageDecoder.decode(bytes, options: options)) != nil { images += 1 }
      guard let reader = try? ImageReader(EncodedBytes(bytes), options: options) else { continue }
      for _ in 0..<3 {
        let crop = crop(width: reader.width, height: reader.height, using: &generator)
        let image = try? reader.resized(
          cropping: crop, width: Int.random(in: 1...40, using: &generator),
          height: Int.random(in: 1...40, using: &generator),
          filter: Bool.random(using: &generator) ? .bicubic : .bilinear,
          flipped: Bool.random(using: &generator))
        if image != nil { images += 1 }
      }
    }
    return images
  }

  private func crop(width: Int, height: Int, using generator: inout SplitMix64) -> CropRectangle {
    let left = Int.random(in: 0..<width, using: &generator)
    let top = Int.random(in: 0..<height, using: &generator)
    return CropRectangle(
      left: left, top: top, width: Int.random(in: 1...width - left, using: &generator),
      height: Int.random(in: 1...height - top, using: &generator))
  }
}
