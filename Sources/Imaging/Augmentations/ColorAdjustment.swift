import Platform

/// A change of colours by a factor, in Pillow's arithmetic: a blend of a reference and the image,
/// reference + factor·(image − reference) in single precision, clamped and truncated.
package enum ColorAdjustment: Sendable, Equatable {
  /// The reference is black.
  case brightness(Double)
  /// The reference is the mean gray of the image, rounded; of an image that is not RGB, the mean sample.
  case contrast(Double)
  /// The reference is each pixel's own gray.
  case saturation(Double)
  /// No blend: a turn on the colour circle, as a share of it, −0.5…0.5.
  case hue(Double)
}

extension Image {
  /// The image, changed; images that are not RGB are left alone by saturation and hue.
  package func adjusted(_ adjustment: ColorAdjustment) -> Image {
    let changed: PixelSamples
    switch adjustment {
    case .brightness(let factor): changed = samples.mapped(ConstantBlend(reference: 0, factor: Float(factor)))
    case .contrast(let factor):
      changed = samples.mapped(ConstantBlend(reference: Int32(meanGray), factor: Float(factor)))
    case .saturation(let factor):
      guard channels == 3 else { return self }
      changed = samples.mapped(GrayBlend(factor: Float(factor)))
    case .hue(let turn):
      guard channels == 3 else { return self }
      changed = samples.turningHue(by: turn)
    }
    return Image(width: width, height: height, channels: channels, samples: changed)
  }

  private var meanGray: Int {
    switch (channels == 3 ? converted(toChannels: 1) : self).samples {
    case .eightBit(let samples): roundedMean(samples)
    case .sixteenBit(let samples): roundedMean(samples)
    }
  }
}

private func roundedMean(_ samples: [some PixelSample]) -> Int {
  let sum = samples.withUnsafeBufferPointer { $0.reduce(UInt64(0)) { $0 &+ UInt64($1) } }
  return Int(Double(sum) / Double(samples.count) + 0.5)
}

/// reference + factor·(sample − reference) in single precision, clamped and truncated.
@inline(__always)
func blended<Sample: PixelSample>(_ reference: Int32, _ sample: Sample, _ factor: Float) -> Sample {
  let exact = Float(reference) + factor * Float(Int32(sample) - reference)
  return Sample(truncatingIfNeeded: Int32(min(max(exact, 0), Float(Sample.max))))
}

private struct ConstantBlend: SampleOperation {
  let reference: Int32
  let factor: Float

  func apply<Sample: PixelSample>(to input: [Sample]) -> [Sample] {
    // A value looked up is cheaper than a value computed where there are only 256.
    let table = Sample.bitWidth == 8 ? (0...255).map { blended(reference, Sample($0), factor) } : []
    return filledSamples(input.count) { output in
      input.withUnsafeBufferPointer { input in
        table.withUnsafeBufferPointer { table in
          if Sample.bitWidth == 8 {
            for index in input.indices { output[index] = table[Int(input[index])] }
          } else {
            for index in input.indices { output[index] = blended(reference, input[index], factor) }
          }
        }
      }
    }
  }
}
