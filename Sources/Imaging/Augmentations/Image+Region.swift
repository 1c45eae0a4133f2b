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
      replace(region, of: &samples, read: unit, write: rounded, value)
      changed = .eightBit(samples)
    case .sixteenBit(var samples):
      replace(region, of: &samples, read: unit, write: rounded, value)
      changed = .sixteenBit(samples)
    case .float(var samples):
      replace(region, of: &samples, read: { $0 }, write: { $0 }, value)
      changed = .float(samples)
    }
    return Image(width: width, height: height, channels: channels, samples: changed)
  }

  @inline(__always)
  private func replace<Sample>(
    _ region: CropRectangle, of samples: inout [Sample], read: (Sample) -> Float, write: (Float) -> Sample,
    _ value: (Int, Float) -> Float
  ) {
    samples.withUnsafeMutableBufferPointer { samples in
      for row in region.top..<region.top + region.height {
        var place = (row * width + region.left) * channels
        for _ in 0..<region.width {
          for channel in 0..<channels {
            samples[place] = write(min(max(value(channel, read(samples[place])), 0), 1))
            place += 1
          }
        }
      }
    }
  }
}

@inline(__always)
private func unit<Sample: IntegerSample>(_ sample: Sample) -> Float { Float(sample) / Float(Sample.max) }

@inline(__always)
private func rounded<Sample: IntegerSample>(_ value: Float) -> Sample {
  Sample(truncatingIfNeeded: Int32(value * Float(Sample.max) + 0.5))
}
