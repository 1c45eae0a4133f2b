import Platform

/// How pixels as a codec delivers them become those of an image: alpha composited, CMYK turned into RGB.
enum StoredPixels {
  case asStored(channels: Int)
  /// Gray or RGB with alpha, composited on white.
  case onWhite(channels: Int)
  case invertedCMYK

  init(_ header: ImageHeader, keepsAlpha: Bool) {
    switch header.layout {
    case .gray, .rgb: self = .asStored(channels: header.channels)
    case .rgbAlpha where keepsAlpha: self = .asStored(channels: header.storedChannels)
    case .grayAlpha, .rgbAlpha: self = .onWhite(channels: header.channels)
    case .invertedCMYK: self = .invertedCMYK
    }
  }

  /// Channels of the image.
  var channels: Int {
    switch self {
    case .asStored(let channels), .onWhite(let channels): channels
    case .invertedCMYK: 3
    }
  }

  /// Turns `count` pixels at `input` into image pixels in their own place.
  func convert<Sample: PixelSample>(_ count: Int, at samples: UnsafeMutablePointer<Sample>) {
    switch self {
    case .asStored: return
    case .onWhite(let channels): compositeOnWhite(count, channels, samples)
    case .invertedCMYK: convertInvertedCMYK(count, samples)
    }
  }

  /// round((v·a + white·(white − a)) / white), each sample rounded to nearest.
  private func compositeOnWhite<Sample: PixelSample>(
    _ count: Int, _ channels: Int, _ samples: UnsafeMutablePointer<Sample>
  ) {
    let white = UInt64(Sample.max)
    for pixel in 0..<count {
      let stored = pixel * (channels + 1)
      let alpha = UInt64(samples[stored + channels])
      for channel in 0..<channels {
        let sum = UInt64(samples[stored + channel]) * alpha + white * (white - alpha)
        samples[pixel * channels + channel] = Sample((sum + white / 2) / white)
      }
    }
  }

  /// RGB from the inverted CMYK that Adobe's programs, hence nearly all CMYK files, store; like Pillow,
  /// taken for inverted always: ink x = 255 − stored x, then c = (255−K) − (C·(255−K))/255 rounded.
  private func convertInvertedCMYK<Sample: PixelSample>(
    _ count: Int, _ samples: UnsafeMutablePointer<Sample>
  ) {
    for pixel in 0..<count {
      let light = UInt32(samples[4 * pixel + 3])
      for channel in 0..<3 {
        let product = (255 - UInt32(samples[4 * pixel + channel])) * light + 128
        samples[3 * pixel + channel] = Sample(light - (((product >> 8) + product) >> 8))
      }
    }
  }
}
