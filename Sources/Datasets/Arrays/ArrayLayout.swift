import Imaging
import Platform

/// Which axis of an array of images is which.
struct ArrayLayout: Equatable {
  let count, height, width, channels: Int
  /// Whether the channels of an image follow each other, `[channels, height, width]`.
  let isPlanar: Bool

  /// The most channels that an axis is taken for without a look at the others.
  private static let colours = 4

  /// `[images, height, width]` is gray. Of four axes the last is the channels where it has up to 4, else the second where it
  /// has up to 64 and less than both behind it, else the last where it has up to 64.
  ///
  /// - Throws: `Failure` when the axes are others, or may be others.
  init(_ shape: [Int], path: String) throws(Failure) {
    func refusal(_ problem: String, _ remedy: String, _ expression: String) -> Failure {
      Failure(
        "an array of \(ShapeText(shape))\(problem)", at: path,
        mend: "\(remedy): \(ArrayFile.saving(expression, at: path))")
    }
    count = shape.first ?? 0
    switch shape.count {
    case 3:
      guard shape[2] > Self.colours else {
        throw refusal(
          ", which may be one image or gray images of \(shape[2]) columns",
          "name the axis of images, or that of channels", "a[None]")
      }
      (height, width, channels, isPlanar) = (shape[1], shape[2], 1, false)
    case 4:
      let lastIsChannels = shape[3] <= Self.colours
      if !lastIsChannels, shape[1] <= Image.maximumChannels, shape[1] < min(shape[2], shape[3]) {
        (height, width, channels, isPlanar) = (shape[2], shape[3], shape[1], true)
      } else if shape[3] <= Image.maximumChannels {
        (height, width, channels, isPlanar) = (shape[1], shape[2], shape[3], false)
      } else {
        throw Failure(
          "an array of \(ShapeText(shape)), of which no axis is the channels, 1 to \(Image.maximumChannels)",
          at: path, mend: "save images as [images, height, width, channels]")
      }
    case 2:
      throw refusal(", which may be one image", "give it an axis of images", "a[None]")
    default:
      throw Failure(
        "an array of \(shape.count) axes, \(ShapeText(shape))", at: path,
        mend: "save images as [images, height, width] or [images, height, width, channels]")
    }
  }

  /// Samples of an image.
  var sampleCount: Int { height * width * channels }
}
