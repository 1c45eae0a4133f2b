import Platform

/// Exchanges top and bottom.
///
/// Draws: whether.
public struct VerticalFlip: Augmentation {
  /// `verticalFlip` in recipes.
  public static let name = "verticalFlip"
  /// A line for `vitrail list`.
  public static let summary = "exchanges top and bottom"
  /// Where it is from.
  public static let source = "torchvision's RandomVerticalFlip"

  /// What a recipe may set.
  public struct Options: DefaultedOptions {
    /// How often, 0…1.
    public var probability = 0.5
    /// The defaults.
    public init() {}
  }

  private let probability: Double

  /// Creates the augmentation.
  public init(options: Options, at place: String) throws(Failure) {
    probability = try checkedProbability(options.probability, at: place)
  }

  /// The image, or its mirror image.
  public func apply(
    to image: Image, _ context: AugmentationContext, using generator: inout some RandomNumberGenerator
  ) -> Image {
    generator.chance(probability) ? image.flippedVertically() : image
  }
}
