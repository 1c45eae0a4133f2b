import Platform

/// Exchanges left and right.
public struct HorizontalFlip: Augmentation {
  /// `horizontalFlip` in recipes.
  public static let name = "horizontalFlip"
  /// A line for `vitrail list`.
  public static let summary = "exchanges left and right"
  /// Where it is from.
  public static let source = "Krizhevsky et al., 2012"

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

  /// Whether this time; one draw.
  func flips(using generator: inout some RandomNumberGenerator) -> Bool { generator.chance(probability) }

  /// The image, or its mirror image.
  public func apply(
    to image: Image, _ context: AugmentationContext, using generator: inout some RandomNumberGenerator
  ) -> Image {
    flips(using: &generator) ? image.flippedHorizontally() : image
  }
}
