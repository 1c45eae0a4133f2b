/// Exchanges left and right.
public enum HorizontalFlip: ImageChange {
  /// `horizontalFlip` in recipes.
  public static let name = "horizontalFlip"
  /// Other names for it.
  public static let aliases = ["hflip", "randomHorizontalFlip"]
  /// A line for `vitrail list`.
  public static let summary = "exchanges left and right"
  /// Where it is from.
  public static let source = "Krizhevsky et al., 2012"
  /// Every second image.
  public static let usualProbability = 0.5

  /// The mirror image.
  public static func change(_ image: Image, using generator: inout some RandomNumberGenerator) -> Image {
    image.flippedHorizontally()
  }
}
