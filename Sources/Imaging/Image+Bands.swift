import Platform

extension Image {
  /// An image whose channels are those of `images`, one after the other. Beside one of 16 bits those of 8 widen to 16, a
  /// sample v to 257·v; beside fractions all become fractions.
  public init(stacking images: [Image]) {
    precondition(!images.isEmpty, "no images to stack")
    let (width, height) = (images[0].width, images[0].height)
    precondition(
      images.allSatisfy { $0.width == width && $0.height == height }, "images of several sizes to stack")
    let samples = images.map(\.samples)
    let channels = images.map(\.channels)
    let stacked =
      switch samples.map(\.format).max(by: { $0.bitCount < $1.bitCount }) ?? .eightBit {
      case .eightBit: UInt8.wrap(Self.interleaved(samples.map(\.bytes), channels))
      case .sixteenBit: UInt16.wrap(Self.interleaved(samples.map(\.words), channels))
      case .float: Float.wrap(Self.interleaved(samples.map(\.unitValues), channels))
      }
    self.init(width: width, height: height, channels: channels.reduce(0, +), samples: stacked)
  }

  private static func interleaved<Sample: PixelSample>(_ images: [[Sample]], _ channels: [Int]) -> [Sample] {
    let total = channels.reduce(0, +)
    let pixels = images[0].count / channels[0]
    return filledSamples(pixels * total) { output in
      var offset = 0
      for (samples, count) in zip(images, channels) {
        for pixel in 0..<pixels {
          for channel in 0..<count {
            output[pixel * total + offset + channel] = samples[pixel * count + channel]
          }
        }
        offset += count
      }
    }
  }
}

extension PixelSamples {
  /// The samples in 16 bits: those of 8 are multiplied by 257, fractions by 65535 and rounded.
  package var words: [UInt16] {
    switch self {
    case .eightBit(let samples): samples.map { UInt16($0) * 257 }
    case .sixteenBit(let samples): samples
    case .float(let samples): samples.map { UInt16(min(max(0, $0), 1) * 65535 + 0.5) }
    }
  }
}
