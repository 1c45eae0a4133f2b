import Imaging
import Platform

/// Small pictures of some images of each class, a class a column.
public struct ContactSheet: Sendable, Equatable {
  /// Sides of the box that each image is shrunk into, in pixels.
  public static let side = 96

  /// A column: its heading, empty for none, and its images from the top.
  public struct Column: Sendable, Equatable {
    /// What stands above.
    public var heading: String
    /// The images; they may differ in size.
    public var images: [Image]

    /// Creates a column.
    public init(heading: String, images: [Image]) {
      self.heading = heading
      self.images = images
    }
  }

  private let columns: [Column]

  /// Creates a sheet.
  public init(_ columns: [Column]) { self.columns = columns }

  /// Draws the sheet; nil when there is no image.
  ///
  /// Images keep their shape and are never enlarged but by a whole factor that all share.
  public func render() -> Image? {
    let pictures = columns.map { $0.images.map(Self.thumbnail) }
    let sides = pictures.joined().map { max($0.width, $0.height) }
    guard let box = sides.max(), let rows = pictures.map(\.count).max() else { return nil }
    let isColour = pictures.joined().contains { $0.channels == 3 }
    let blank = Image(width: box, height: box, channels: 1, pixels: .init(repeating: 255, count: box * box))
    let cells = (0..<rows).flatMap { row in
      pictures.map { column in
        row < column.count ? Self.centered(column[row], in: box, channels: isColour ? 3 : 1) : blank
      }
    }
    let headings = columns.map(\.heading)
    return ImageGrid(
      columns: columns.count, scale: ImageGrid.readableScale(side: box),
      headings: headings.allSatisfy(\.isEmpty) ? [] : headings
    ).render(cells)
  }

  /// The image as it is shown, in 8 bits, shrunk into the box.
  private static func thumbnail(_ image: Image) -> Image {
    let longer = max(image.width, image.height)
    var image = image.displayed
    if longer > side {
      image = image.resized(
        width: max(1, image.width * side / longer), height: max(1, image.height * side / longer),
        filter: .bicubic)
    }
    return Image(width: image.width, height: image.height, channels: image.channels, pixels: image.pixels)
  }

  /// The image in the middle of a white square.
  private static func centered(_ image: Image, in box: Int, channels: Int) -> Image {
    let image = image.converted(toChannels: channels)
    let (left, top) = ((box - image.width) / 2, (box - image.height) / 2)
    let length = image.width * channels
    let samples = image.pixels
    var pixels = [UInt8](repeating: 255, count: box * box * channels)
    for row in 0..<image.height {
      let start = ((top + row) * box + left) * channels
      pixels.replaceSubrange(start..<start + length, with: samples[row * length..<(row + 1) * length])
    }
    return Image(width: box, height: box, channels: channels, pixels: pixels)
  }
}
