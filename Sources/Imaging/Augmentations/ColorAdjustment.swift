import Platform

/// A change of colours by a factor, in Pillow's arithmetic: a blend of a reference and the image,
/// reference + factor·(image − reference) in single precision, clamped and truncated; fractions are clamped to 0…1 alone.
package enum ColorAdjustment: Sendable, Equatable {
  /// The reference is black.
  case brightness(Double)
  /// The reference is the mean gray of the image, rounded but of fractions; of an image that is not RGB, the mean sample.
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
      changed = samples.mapped(ConstantBlend(reference: meanGray, factor: Float(factor)))
    case .saturation(let factor):
      guard channels == 3 else { return self }
      changed = samples.mapped(GrayBlend(factor: Float(factor)))
    case .hue(let turn):
      guard channels == 3 else { return self }
      changed = samples.turningHue(by: turn)
    }
    return Image(width: width, height: height, channels: channels, samples: changed)
  }

  private var meanGray: Float {
    switch (channels == 3 ? converted(toChannels: 1) : self).samples {
    case .eightBit(let samples): roundedMean(samples)
    case .sixteenBit(let samples): roundedMean(samples)
    case .float(let samples): Float(samples.reduce(0.0) { $0 + Double($1) } / Double(samples.count))
    }
  }
}

private func roundedMean(_ samples: [some IntegerSample]) -> Float {
  let sum = samples.withUnsafeBufferPointer { $0.reduce(UInt64(0)) { $0 &+ UInt64($1) } }
  return Float(Int(Double(sum) / Double(samples.count) + 0.5))
}

/// reference + factor·(sample − reference) in single precision, clamped and truncated.
@inline(__always)
func blended<Sample: IntegerSample>(_ reference: Int32, _ sample: Sample, _ factor: Float) -> Sample {
  let exact = Float(reference) + factor * Float(Int32(sample) - reference)
  return Sample(truncatingIfNeeded: Int32(min(max(exact, 0), Float(Sample.max))))
}

/// The same of fractions: clamped alone.
@inline(__always)
func blended(_ reference: Float, _ sample: Float, _ factor: Float) -> Float {
  min(max(reference + factor * (sample - reference), 0), 1)
}

private struct ConstantBlend: SampleArithmetic {
  let reference: Float
  let factor: Float

  func apply(to input: [Float]) -> [Float] { input.map { blended(reference, $0, factor) } }

  func apply<Sample: IntegerSample>(to input: [Sample]) -> [Sample] {
    let reference = Int32(reference)
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
