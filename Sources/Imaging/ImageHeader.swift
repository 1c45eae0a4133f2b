import Platform

/// What an image file says about itself before its pixels are decoded.
public struct ImageHeader: Sendable, Equatable {
  /// The file format.
  public let format: ImageFormat
  /// Pixels a row of the decoded image, EXIF orientation applied.
  public let width: Int
  /// Rows of the decoded image, EXIF orientation applied.
  public let height: Int
  /// Channels of the decoded image, 1 or 3: alpha is composited, CMYK becomes RGB.
  public let channels: Int
  /// How samples are held.
  public let sampleFormat: SampleFormat
  /// How the stored pixels have to be turned to stand upright.
  let orientation: Orientation
  /// What the samples of a pixel are as the codec delivers them.
  let layout: PixelLayout

  init(
    format: ImageFormat, storedWidth: Int, storedHeight: Int, layout: PixelLayout,
    sampleFormat: SampleFormat = .eightBit, orientation: Orientation = .up
  ) {
    self.format = format
    width = orientation.swapsSides ? storedHeight : storedWidth
    height = orientation.swapsSides ? storedWidth : storedHeight
    channels = layout.colorChannels
    self.sampleFormat = sampleFormat
    self.orientation = orientation
    self.layout = layout
  }

  /// Bits a sample, 8 or 16.
  public var depth: Int { sampleFormat.bitCount }
  /// Samples a pixel as the codec delivers them, 1 to 4: alpha and black included.
  public var storedChannels: Int { layout.storedChannels }

  /// Whether the pixels are stored as they are seen.
  public var isUpright: Bool { orientation == .up }

  var storedWidth: Int { orientation.swapsSides ? height : width }
  var storedHeight: Int { orientation.swapsSides ? width : height }
}
