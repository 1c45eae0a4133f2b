/// A rectangle of pixels inside an image.
public struct CropRectangle: Sendable, Equatable, Hashable, Codable {
  /// Columns left of the rectangle.
  public var left: Int
  /// Rows above the rectangle.
  public var top: Int
  /// Columns of the rectangle.
  public var width: Int
  /// Rows of the rectangle.
  public var height: Int

  /// Creates a rectangle from its upper left corner and its sides, in pixels.
  public init(left: Int, top: Int, width: Int, height: Int) {
    self.left = left
    self.top = top
    self.width = width
    self.height = height
  }

  /// The rectangle of `width`×`height` in the middle of an image of `imageWidth`×`imageHeight`;
  /// offsets are half the rest, rounded half to even as torchvision's `center_crop` does.
  public static func centered(width: Int, height: Int, inWidth imageWidth: Int, height imageHeight: Int)
    -> Self
  {
    precondition(
      width <= imageWidth && height <= imageHeight,
      "a crop of \(width)×\(height) does not fit in \(imageWidth)×\(imageHeight)")
    return CropRectangle(
      left: halfToEven(imageWidth - width), top: halfToEven(imageHeight - height), width: width,
      height: height)
  }

  /// Whether the rectangle has pixels and all of them are inside an image of `width`×`height`.
  public func isInside(width imageWidth: Int, height imageHeight: Int) -> Bool {
    left >= 0 && top >= 0 && width > 0 && height > 0 && left <= imageWidth - width
      && top <= imageHeight - height
  }

  private static func halfToEven(_ value: Int) -> Int {
    Int((Double(value) / 2).rounded(.toNearestOrEven))
  }
}
