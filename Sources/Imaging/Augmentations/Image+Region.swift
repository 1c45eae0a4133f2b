import Platform

extension Image {
  /// The image with every sample of `region` replaced by what `value` makes of its channel and of the sample, both values
  /// as fractions of the greatest, clamped to 0…1 and rounded. Rows, then columns, then channels.
  @inline(__always)
  func replacing(_ region: CropRectangle, by value: (_ channel: Int, _ sample: Float) -> Float) -> Image {
    precondition(region.isInside(width: width, height: height), "\(region) is not inside the image")
    let changed: PixelSamples
    switch samples {
    case .eightBit(var samples):
      replace(region, of: &samples, value)
      changed = .eightBit(samples)
    case .sixteenBit(var samples):
      replace(region, of: &samples, value)
      changed = .sixteenBit(samples)
    }
    return Image(width: width, height: height, channels: channels, samples: changed)
  }

  @inline(__always)
  private func replace<Sample: PixelSample>(
    _ region: CropRectangle, of samples: inout [Sample], _ value: (Int, Float) -> Float
  ) {
    let greatest = Float(Sample.max)
    samples.withUnsafeMutableBufferPointer { samples in
      for row in region.top..<region.top + region.height {
        var place = (row * width + region.left) * channels
        for _ in 0..<region.width {
          for channel in 0..<channels {
            let wanted = min(max(value(channel, Float(samples[place]) / greatest), 0), 1)
            samples[place] = Sample(truncatingIfNeeded: Int32(wanted * greatest + 0.5))
            place += 1
          }
        }
      }
    }
  }
}
