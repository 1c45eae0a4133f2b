import Platform

/// Pixels of an image: `224`, or `[192, 256]` for height and width.
public struct ImageSize: Codable, Sendable, Equatable {
  /// Rows.
  public let height: Int
  /// Columns.
  public let width: Int

  /// Creates a size.
  public init(height: Int, width: Int) {
    self.height = height
    self.width = width
  }

  /// Decodes a number or a pair.
  public init(from decoder: any Decoder) throws {
    switch try JSONValue(from: decoder) {
    case .integer(let side):
      self.init(height: side, width: side)
    case .array(let pair):
      guard pair.count == 2, case .integer(let height) = pair[0], case .integer(let width) = pair[1] else {
        fallthrough
      }
      self.init(height: height, width: width)
    default:
      throw DecodingError.dataCorrupted(
        .init(
          codingPath: decoder.codingPath, debugDescription: "wanted a number of pixels, or [height, width]"))
    }
  }

  /// Encodes a number when height and width are equal.
  public func encode(to encoder: any Encoder) throws {
    if height == width { try height.encode(to: encoder) } else { try [height, width].encode(to: encoder) }
  }
}
