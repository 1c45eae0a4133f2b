import Platform

/// Turns the image by 0, 90, 180 or 270 degrees, each as likely; for pictures without an up, as of cells or of the earth.
///
/// An image that is not square turns by 0 or 180 degrees, so that it keeps its size: put it after the crop.
/// Draws: whether; the number of turns.
public struct Rotation90: Augmentation {
  /// `rotation90` in recipes.
  public static let name = "rotation90"
  /// A line for `vitrail list`.
  public static let summary = "turns by 0, 90, 180 or 270 degrees"
  /// Where it is from.
  public static let source = "Cohen & Welling, 2016"

  /// What a recipe may set.
  public struct Options: DefaultedOptions {
    /// How often one of the four is drawn, 0…1.
    public var probability = 1.0
    /// The defaults.
    public init() {}
  }

  private let probability: Double

  /// Creates the augmentation.
  public init(options: Options, at place: String) throws(Failure) {
    probability = try checkedProbability(options.probability, at: place)
  }

  /// The image, turned.
  public func apply(
    to image: Image, _ context: AugmentationContext, using generator: inout some RandomNumberGenerator
  ) -> Image {
    guard generator.chance(probability) else { return image }
    let isSquare = image.width == image.height
    let quarters = isSquare ? generator.uniformIndex(below: 4) : 2 * generator.uniformIndex(below: 2)
    return image.rotated(quarterTurns: quarters)
  }
}
