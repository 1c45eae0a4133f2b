import Imaging

/// Lays out images of one size in rows and columns, row by row, on one picture.
///
/// Every image is enlarged by a whole factor with nearest neighbour, so that each of its pixels stays a
/// square; a margin surrounds every cell; an optional heading stands above every column.
public struct ImageGrid: Sendable, Equatable {
  /// Images a row.
  public var columns: Int
  /// How many picture pixels an image pixel is wide and high.
  public var scale: Int
  /// Picture pixels around every cell.
  public var margin: Int
  /// The grey of margins and of cells without an image; headings are black on light, white on dark.
  public var background: UInt8
  /// Text above the columns, in ASCII; empty for none. What is wider than its column is cut off.
  public var headings: [String]

  /// Creates a layout; `columns` and `scale` are at least 1, `margin` at least 0.
  public init(
    columns: Int, scale: Int = 1, margin: Int = 4, background: UInt8 = 255, headings: [String] = []
  ) {
    precondition(
      columns >= 1 && scale >= 1 && margin >= 0,
      "ImageGrid: columns \(columns), scale \(scale), margin \(margin); wanted at least 1, 1, 0")
    self.columns = columns
    self.scale = scale
    self.margin = margin
    self.background = background
    self.headings = headings
  }

  /// The scale at which an image of `side` pixels is easy to see: about 112 picture pixels, at least 1.
  public static func readableScale(side: Int) -> Int { max(1, (112 + side / 2) / max(1, side)) }

  /// Draws the grid. All images have one size, which the caller assures; grey ones are
  /// shown as RGB where any image is RGB.
  public func render(_ images: [Image]) -> Image {
    guard let first = images.first else {
      preconditionFailure("ImageGrid.render: no image; wanted at least one")
    }
    for image in images {
      precondition(
        image.width == first.width && image.height == first.height,
        "ImageGrid.render: an image is \(image.width) × \(image.height), the first one "
          + "\(first.width) × \(first.height); wanted one size")
    }
    let cellWidth = first.width * scale
    let cellHeight = first.height * scale
    let headingScale = headingScale(cellWidth: cellWidth)
    let top = headings.isEmpty ? margin : 2 * margin + BitmapFont.glyphHeight * headingScale
    let rows = (images.count + columns - 1) / columns
    var picture = Canvas(
      width: margin + columns * (cellWidth + margin), height: top + rows * (cellHeight + margin),
      channels: images.contains { $0.channels == 3 } ? 3 : 1, background: background)

    for (column, heading) in headings.prefix(columns).enumerated() {
      let left = margin + column * (cellWidth + margin)
      picture.draw(
        heading, left: left, top: margin, scale: headingScale, width: cellWidth,
        ink: background >= 128 ? 0 : 255)
    }
    for (index, image) in images.enumerated() {
      picture.draw(
        image, left: margin + index % columns * (cellWidth + margin),
        top: top + index / columns * (cellHeight + margin), scale: scale)
    }
    return Image(
      width: picture.width, height: picture.height, channels: picture.channels, pixels: picture.pixels)
  }

  /// The largest of 1, 2, 3 at which every heading fits its column; 1 where none does.
  private func headingScale(cellWidth: Int) -> Int {
    let widest = headings.map(BitmapFont.width(of:)).max() ?? 0
    return min(3, max(1, cellWidth / max(1, widest)))
  }
}

/// Pixels being drawn on, HWC interleaved.
private struct Canvas {
  let width: Int
  let height: Int
  let channels: Int
  var pixels: [UInt8]

  init(width: Int, height: Int, channels: Int, background: UInt8) {
    self.width = width
    self.height = height
    self.channels = channels
    pixels = [UInt8](repeating: background, count: width * height * channels)
  }

  mutating func draw(_ image: Image, left: Int, top: Int, scale: Int) {
    let samples = image.pixels
    let lastChannel = image.channels - 1
    for y in 0..<image.height {
      let start = ((top + y * scale) * width + left) * channels
      var target = start
      var source = y * image.width * image.channels
      for _ in 0..<image.width {
        for _ in 0..<scale {
          for channel in 0..<channels {
            pixels[target + channel] = samples[source + min(channel, lastChannel)]
          }
          target += channels
        }
        source += image.channels
      }
      for copy in 1..<max(1, scale) {
        let shift = copy * width * channels
        for index in start..<target { pixels[index + shift] = pixels[index] }
      }
    }
  }

  mutating func draw(_ text: String, left: Int, top: Int, scale: Int, width limit: Int, ink: UInt8) {
    for (position, character) in text.enumerated() {
      for (row, bits) in BitmapFont.rows(of: character).enumerated() {
        for column in 0..<BitmapFont.glyphWidth where bits >> (4 - column) & 1 == 1 {
          let x = (position * BitmapFont.advance + column) * scale
          guard x + scale <= limit else { continue }
          for y in top + row * scale..<top + (row + 1) * scale {
            let start = (y * width + left + x) * channels
            for index in start..<start + scale * channels { pixels[index] = ink }
          }
        }
      }
    }
  }
}
