/// What the samples of a pixel are as a codec delivers them, in this order.
package enum PixelLayout: Sendable, Equatable {
  case gray
  case grayAlpha
  case rgb
  case rgbAlpha
  /// Red, green, blue and alpha, the colours multiplied by alpha.
  case rgbPremultipliedAlpha
  /// Cyan, magenta, yellow and black, the greatest sample for no ink.
  case invertedCMYK
  /// That many channels without a meaning of their own.
  case bands(Int)

  /// Samples a pixel.
  package var storedChannels: Int {
    switch self {
    case .gray: 1
    case .grayAlpha: 2
    case .rgb: 3
    case .rgbAlpha, .rgbPremultipliedAlpha, .invertedCMYK: 4
    case .bands(let count): count
    }
  }

  /// Channels of the image, where alpha is composited.
  var colorChannels: Int {
    switch self {
    case .gray, .grayAlpha: 1
    case .rgb, .rgbAlpha, .rgbPremultipliedAlpha, .invertedCMYK: 3
    case .bands(let count): count
    }
  }
}
