import Platform

/// How pixels as a codec delivers them become those of an image: floating-point samples mapped by their range, alpha
/// composited, CMYK turned into RGB.
struct StoredPixels {
  private enum Colors {
    case asStored
    /// Gray or RGB with alpha, composited on white.
    case onWhite
    /// The same, the colours multiplied by alpha already.
    case premultipliedOnWhite
    case invertedCMYK
  }

  private let colors: Colors
  private let storedChannels: Int
  /// Channels of the image.
  let channels: Int
  /// What becomes 0 and 1, a channel each as stored; empty where floating-point samples stay as they are.
  private let ranges: [SampleRange.Pair]

  /// - Throws: `Failure` when the range is one of another number of channels.
  init(_ header: ImageHeader, _ options: DecodeOptions, place: String) throws(Failure) {
    storedChannels = header.storedChannels
    switch header.layout {
    case .rgbAlpha where options.keepsAlpha, .rgbPremultipliedAlpha where options.keepsAlpha:
      colors = .asStored
    case .gray, .rgb, .bands: colors = .asStored
    case .grayAlpha, .rgbAlpha: colors = .onWhite
    case .rgbPremultipliedAlpha: colors = .premultipliedOnWhite
    case .invertedCMYK: colors = .invertedCMYK
    }
    channels = colors == .asStored ? header.storedChannels : header.channels
    guard header.sampleFormat == .float, !options.keepsStoredValues else {
      ranges = []
      return
    }
    let wanted = try options.range?.pairs(forChannels: channels, place: place) ?? []
    ranges = (0..<storedChannels).map { $0 < wanted.count ? wanted[$0] : header.nativeRange }
  }

  /// Turns `count` pixels at `samples` into image pixels in their own place.
  func convert<Sample: PixelSample>(_ count: Int, at samples: UnsafeMutablePointer<Sample>) {
    let memory = UnsafeMutableRawPointer(samples)
    switch Sample.format {
    case .eightBit: convert(count, memory.assumingMemoryBound(to: UInt8.self))
    case .sixteenBit: convert(count, memory.assumingMemoryBound(to: UInt16.self))
    case .float: convert(count, fractions: memory.assumingMemoryBound(to: Float.self))
    }
  }

  private func convert<Sample: IntegerSample>(_ count: Int, _ samples: UnsafeMutablePointer<Sample>) {
    switch colors {
    case .asStored: return
    case .onWhite: compositeOnWhite(count, samples)
    case .premultipliedOnWhite: addWhite(count, samples)
    case .invertedCMYK: convertInvertedCMYK(count, samples)
    }
  }

  /// round((v·a + white·(white − a)) / white), each sample rounded to nearest.
  private func compositeOnWhite<Sample: IntegerSample>(
    _ count: Int, _ samples: UnsafeMutablePointer<Sample>
  ) {
    let white = UInt64(Sample.max)
    for pixel in 0..<count {
      let stored = pixel * storedChannels
      let alpha = UInt64(samples[stored + channels])
      for channel in 0..<channels {
        let sum = UInt64(samples[stored + channel]) * alpha + white * (white - alpha)
        samples[pixel * channels + channel] = Sample((sum + white / 2) / white)
      }
    }
  }

  /// v + (white − a), at most white.
  private func addWhite<Sample: IntegerSample>(_ count: Int, _ samples: UnsafeMutablePointer<Sample>) {
    for pixel in 0..<count {
      let stored = pixel * storedChannels
      let rest = Sample.max - samples[stored + channels]
      for channel in 0..<channels {
        let (sum, isAbove) = samples[stored + channel].addingReportingOverflow(rest)
        samples[pixel * channels + channel] = isAbove ? Sample.max : sum
      }
    }
  }

  /// RGB from the inverted CMYK that Adobe's programs, hence nearly all CMYK files, store; like Pillow,
  /// taken for inverted always: ink x = 255 − stored x, then c = (255−K) − (C·(255−K))/255 rounded.
  private func convertInvertedCMYK<Sample: IntegerSample>(
    _ count: Int, _ samples: UnsafeMutablePointer<Sample>
  ) {
    let white = UInt64(Sample.max)
    for pixel in 0..<count {
      let light = UInt64(samples[4 * pixel + 3])
      for channel in 0..<3 {
        let product = (white - UInt64(samples[4 * pixel + channel])) * light + (white + 1) / 2
        samples[3 * pixel + channel] = Sample(
          light - (((product >> UInt64(Sample.bitWidth)) + product) >> UInt64(Sample.bitWidth)))
      }
    }
  }

  /// Maps samples by their ranges, missing ones to 0, then composites them: v·a + 1 − a.
  private func convert(_ count: Int, fractions samples: UnsafeMutablePointer<Float>) {
    mapToFractions(count, at: samples, by: ranges)
    guard colors != .asStored else { return }
    for pixel in 0..<count {
      let stored = pixel * storedChannels
      let alpha = samples[stored + channels]
      for channel in 0..<channels {
        let value = samples[stored + channel]
        samples[pixel * channels + channel] = (colors == .onWhite ? value * alpha : value) + 1 - alpha
      }
    }
  }
}
