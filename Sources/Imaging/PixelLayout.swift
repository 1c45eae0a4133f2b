/// What the samples of a pixel are as a codec delivers them, in this order.
enum PixelLayout: Sendable {
  case gray
  case grayAlpha
  case rgb
  case rgbAlpha
  /// Cyan, magenta, yellow and black, the greatest sample for no ink.
  case invertedCMYK

  /// Samples a pixel.
  var storedChannels: Int {
    switch self {
    case .gray: 1
    case .grayAlpha: 2
    case .rgb: 3
    case .rgbAlpha, .invertedCMYK: 4
    }
  }

  /// Channels of the image, where alpha is composited.
  var colorChannels: Int {
    switch self {
    case .gray, .grayAlpha: 1
    case .rgb, .rgbAlpha, .invertedCMYK: 3
    }
  }
}
