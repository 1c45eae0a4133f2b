import Platform

extension Image {
  /// Whether `converted(toChannels:)` can give that many channels.
  public func converts(toChannels wanted: Int) -> Bool {
    wanted == channels || (wanted == 1 && channels == 3) || (wanted == 3 && channels == 1)
  }

  /// The image with another number of channels: 3 to 1, or 1 to 3; itself when it has them already.
  ///
  /// RGB to gray is ITU-R 601 luma in Pillow's fixed point,
  /// (19595·R + 38470·G + 7471·B + 32768) >> 16, of fractions without rounding; gray to RGB repeats the sample.
  public func converted(toChannels wanted: Int) -> Image {
    precondition(converts(toChannels: wanted), "\(channels) channels cannot become \(wanted)")
    if wanted == channels { return self }
    return Image(
      width: width, height: height, channels: wanted,
      samples: wanted == 1 ? samples.mapped(Luma()) : samples.mapped(Repetition()))
  }

  /// What a person is shown: gray and RGB as they are, else the first three channels, or the first of two.
  public var displayed: Image {
    if channels == 1 || channels == 3 { return self }
    let kept = channels == 2 ? 1 : 3
    return Image(
      width: width, height: height, channels: kept,
      samples: samples.mapped(Selection(channels: channels, kept: kept)))
  }
}

/// The gray of a pixel, as `Image.converted(toChannels:)` describes it.
@inline(__always)
func luma<Sample: IntegerSample>(_ red: Sample, _ green: Sample, _ blue: Sample) -> Sample {
  // At most 65536·65535 + 32768, which 32 bits hold.
  let sum = 19595 &* UInt32(red) &+ 38470 &* UInt32(green) &+ 7471 &* UInt32(blue)
  return Sample(truncatingIfNeeded: (sum &+ 32768) >> 16)
}

/// The gray of a pixel of fractions.
@inline(__always)
func luma(_ red: Float, _ green: Float, _ blue: Float) -> Float {
  (19595 * red + 38470 * green + 7471 * blue) / 65536
}

private struct Luma: SampleArithmetic {
  func apply<Sample: IntegerSample>(to input: [Sample]) -> [Sample] {
    grays(of: input) { luma($0, $1, $2) }
  }

  func apply(to input: [Float]) -> [Float] { grays(of: input) { luma($0, $1, $2) } }

  @inline(__always)
  private func grays<Sample>(of input: [Sample], _ luma: (Sample, Sample, Sample) -> Sample) -> [Sample] {
    filledSamples(input.count / 3) { output in
      input.withUnsafeBufferPointer { input in
        guard var pixel = input.baseAddress else { return }
        for place in 0..<input.count / 3 {
          output[place] = luma(pixel[0], pixel[1], pixel[2])
          pixel += 3
        }
      }
    }
  }
}

private struct Repetition: SampleOperation {
  func apply<Sample: PixelSample>(to input: [Sample]) -> [Sample] {
    filledSamples(input.count * 3) { output in
      input.withUnsafeBufferPointer { input in
        var pixel = output
        for sample in input {
          pixel[0] = sample
          pixel[1] = sample
          pixel[2] = sample
          pixel += 3
        }
      }
    }
  }
}

private struct Selection: SampleOperation {
  let channels, kept: Int
  func apply<Sample: PixelSample>(to input: [Sample]) -> [Sample] {
    filledSamples(input.count / channels * kept) { output in
      for pixel in 0..<input.count / channels {
        for channel in 0..<kept { output[pixel * kept + channel] = input[pixel * channels + channel] }
      }
    }
  }
}
