import Platform

/// Turns the image by 0, 90, 180 or 270 degrees, each as likely; for pictures without an up, as of cells or of the earth.
///
/// An image that is not square turns by 0 or 180 degrees, so that it keeps its size: put it after the crop.
/// Draws the number of turns.
public enum Rotation90: ImageChange {
  /// `rotation90` in recipes.
  public static let name = "rotation90"
  /// A line for `vitrail list`.
  public static let summary = "turns by 0, 90, 180 or 270 degrees"
  /// Where it is from.
  public static let source = "Cohen & Welling, 2016"
  /// One of the four is always drawn.
  public static let usualProbability = 1.0

  /// The image, turned.
  public static func change(_ image: Image, using generator: inout some RandomNumberGenerator) -> Image {
    let isSquare = image.width == image.height
    let quarters = isSquare ? generator.uniformIndex(below: 4) : 2 * generator.uniformIndex(below: 2)
    return image.rotated(quarterTurns: quarters)
  }
}
