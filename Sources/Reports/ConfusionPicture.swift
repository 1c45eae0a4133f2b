import Imaging

/// A confusion matrix as a picture: a row an actual class, a column a predicted one, darker for a larger share of the row.
///
/// Right answers are blue, wrong ones red. Up to forty classes get their names and per cents.
public struct ConfusionPicture: Sendable {
  private let rows, columns: [String]
  private let counts: [Int]

  private static let namedClasses = 40
  private static let scale = 2

  /// Creates a picture of `counts`, row-major `[rows, columns]`; the first rows are the columns' classes.
  public init(rows: [String], columns: [String], counts: [Int]) {
    precondition(counts.count == rows.count * columns.count, "ConfusionPicture: sizes")
    self.rows = rows
    self.columns = columns
    self.counts = counts
  }

  /// Draws it.
  public func render() -> Image {
    let isNamed = rows.count <= Self.namedClasses
    let cell = isNamed ? 44 : max(2, 1200 / max(rows.count, 1))
    let longest = isNamed ? min(24, (rows + columns).map(\.count).max() ?? 0) : 0
    let margin = isNamed ? (longest * BitmapFont.advance + 8) * Self.scale : 8
    let top = isNamed ? BitmapFont.glyphHeight * Self.scale * 2 + 24 : 8
    var canvas = PaintedCanvas(width: margin + columns.count * cell + 8, height: top + rows.count * cell + 8)
    for row in rows.indices {
      let total = columns.indices.reduce(0) { $0 + counts[row * columns.count + $1] }
      let y = top + row * cell
      for column in columns.indices {
        let share = total > 0 ? Double(counts[row * columns.count + column]) / Double(total) : 0
        let x = margin + column * cell
        canvas.fill(x, y, cell - 1, cell - 1, Self.colour(share, isRight: row == column))
        if isNamed, share >= 0.005 {
          canvas.text(
            "\(Int((share * 100).rounded()))", x + 4, y + cell / 2 - BitmapFont.glyphHeight,
            scale: Self.scale,
            ink: share > 0.5 ? 255 : 0)
        }
      }
      if isNamed {
        canvas.text(
          String(rows[row].prefix(longest)), 8, y + cell / 2 - BitmapFont.glyphHeight, scale: Self.scale,
          ink: 0)
      }
    }
    if isNamed {
      canvas.text("% taken for", 8, 6, scale: Self.scale, ink: 0)
      for column in columns.indices {
        canvas.text(
          String(columns[column].prefix((cell - 4) / (BitmapFont.advance))), margin + column * cell + 2,
          top - BitmapFont.glyphHeight - 6, scale: 1, ink: 0)
      }
    }
    return canvas.image
  }

  /// White at 0; blue or red at 1.
  private static func colour(_ share: Double, isRight: Bool) -> [UInt8] {
    let full: [Double] = isRight ? [31, 92, 153] : [192, 57, 43]
    // Small shares are what one looks for.
    let depth = share.squareRoot()
    return full.map { UInt8((255 + (Double($0) - 255) * depth).rounded()) }
  }
}

/// A white RGB picture being drawn on.
private struct PaintedCanvas {
  let width, height: Int
  private var pixels: [UInt8]

  init(width: Int, height: Int) {
    self.width = width
    self.height = height
    pixels = [UInt8](repeating: 255, count: width * height * 3)
  }

  var image: Image { Image(width: width, height: height, channels: 3, pixels: pixels) }

  mutating func fill(_ left: Int, _ top: Int, _ width: Int, _ height: Int, _ colour: [UInt8]) {
    for y in top..<max(top, min(top + height, self.height)) {
      for x in left..<max(left, min(left + width, self.width)) {
        for channel in 0..<3 { pixels[(y * self.width + x) * 3 + channel] = colour[channel] }
      }
    }
  }

  mutating func text(_ text: String, _ left: Int, _ top: Int, scale: Int, ink: UInt8) {
    for (position, character) in text.enumerated() {
      for (row, bits) in BitmapFont.rows(of: character).enumerated() {
        for column in 0..<BitmapFont.glyphWidth where bits >> (4 - column) & 1 == 1 {
          fill(
            left + (position * BitmapFont.advance + column) * scale, top + row * scale, scale, scale,
            [ink, ink, ink])
        }
      }
    }
  }
}
