import Foundation

/// A picture that the page holds itself, with what it shows.
struct EmbeddedPicture: Sendable, Equatable {
  /// The file's name.
  let name: String
  /// What it shows.
  let caption: String
  /// The file's bytes.
  let data: Data

  private static let pngMagic: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

  /// Holds a PNG or SVG file; nil for anything else.
  init?(name: String, caption: String, data: Data) {
    guard data.starts(with: Self.pngMagic) || data.starts(with: Data("<svg".utf8)) else { return nil }
    (self.name, self.caption, self.data) = (name, caption, data)
  }

  private var isDrawing: Bool { !data.starts(with: Self.pngMagic) }

  /// A drawing stands in an image of its own, where no script runs and its style is its own.
  var figure: String {
    let text = Markup.escaped(caption)
    return "<figure\(isDrawing ? " class=\"drawing\"" : "")><img alt=\"\(text)\" "
      + "src=\"data:image/\(isDrawing ? "svg+xml" : "png");base64,\(data.base64EncodedString())\">"
      + "<figcaption>\(text)</figcaption></figure>\n"
  }
}
