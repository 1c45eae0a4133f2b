import Platform

/// What an image file says about itself before its pixels are decoded.
public struct ImageHeader: Sendable, Equatable {
  /// The file format.
  public let format: ImageFormat
  /// Pixels a row of the decoded image, EXIF orientation applied.
  public let width: Int
  /// Rows of the decoded image, EXIF orientation applied.
  public let height: Int
  /// Channels of the decoded image: alpha is composited, CMYK becomes RGB.
  public let channels: Int
  /// How samples are held.
  public let sampleFormat: SampleFormat
  /// Pages of the file.
  public let pageCount: Int
  /// What floating-point samples range over where nothing else is said: all that the stored numbers can be.
  let nativeRange: SampleRange.Pair
  /// How the stored pixels have to be turned to stand upright.
  let orientation: Orientation
  /// What the samples of a pixel are as the codec delivers them.
  let layout: PixelLayout

  package init(
    format: ImageFormat, storedWidth: Int, storedHeight: Int, layout: PixelLayout,
    sampleFormat: SampleFormat = .eightBit, orientation: Orientation = .up, pageCount: Int = 1,
    nativeRange: SampleRange.Pair = SampleRange.Pair(low: 0, high: 1)
  ) {
    self.format = format
    width = orientation.swapsSides ? storedHeight : storedWidth
    height = orientation.swapsSides ? storedWidth : storedHeight
    channels = layout.colorChannels
    self.sampleFormat = sampleFormat
    self.orientation = orientation
    self.layout = layout
    self.pageCount = pageCount
    self.nativeRange = nativeRange
  }

  /// Bits a sample, 8, 16 or 32.
  public var depth: Int { sampleFormat.bitCount }
  /// Samples a pixel as the codec delivers them: alpha and black included.
  public var storedChannels: Int { layout.storedChannels }

  /// Whether the pixels are stored as they are seen.
  public var isUpright: Bool { orientation == .up }

  var storedWidth: Int { orientation.swapsSides ? height : width }
  var storedHeight: Int { orientation.swapsSides ? width : height }
}
