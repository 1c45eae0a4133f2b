import Platform

extension Image {
  /// An image whose channels are those of `images`, one after the other; beside one of 16 bits all widen to 16, a
  /// sample v to 257·v.
  public init(stacking images: [Image]) {
    precondition(!images.isEmpty, "no images to stack")
    let (width, height) = (images[0].width, images[0].height)
    precondition(
      images.allSatisfy { $0.width == width && $0.height == height }, "images of several sizes to stack")
    let samples = images.map(\.samples)
    let channels = images.map(\.channels)
    let eight = samples.compactMap { if case .eightBit(let values) = $0 { values } else { nil } }
    let stacked =
      eight.count == samples.count
      ? UInt8.wrap(Self.interleaved(eight, channels))
      : UInt16.wrap(Self.interleaved(samples.map(\.widened), channels))
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
  fileprivate var widened: [UInt16] {
    switch self {
    case .eightBit(let samples): samples.map { UInt16($0) * 257 }
    case .sixteenBit(let samples): samples
    }
  }
}
