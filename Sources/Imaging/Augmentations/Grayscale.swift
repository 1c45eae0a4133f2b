import Platform

/// Takes the colour away: three equal channels of ITU-R 601 luma, in Pillow's fixed point.
///
/// Images that are not RGB stay as they are. Draws: whether.
public struct Grayscale: Augmentation {
  /// `grayscale` in recipes.
  public static let name = "grayscale"
  /// A line for `vitrail list`.
  public static let summary = "takes the colour away"
  /// Where it is from.
  public static let source = "Chen et al., 2020; torchvision's RandomGrayscale"

  /// What a recipe may set.
  public struct Options: DefaultedOptions {
    /// How often, 0…1.
    public var probability = 0.2
    /// The defaults.
    public init() {}
  }

  private let probability: Double

  /// Creates the augmentation.
  public init(options: Options, at place: String) throws(Failure) {
    probability = try checkedProbability(options.probability, at: place)
  }

  /// The image, or its shades.
  public func apply(
    to image: Image, _ context: AugmentationContext, using generator: inout some RandomNumberGenerator
  ) -> Image {
    generator.chance(probability) ? image.withoutColor() : image
  }
}

extension Image {
  /// Three equal channels of luma; itself when it is not RGB.
  package func withoutColor() -> Image {
    channels == 3 ? converted(toChannels: 1).converted(toChannels: 3) : self
  }
}
