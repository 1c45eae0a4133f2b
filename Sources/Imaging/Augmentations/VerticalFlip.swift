/// Exchanges top and bottom.
public enum VerticalFlip: ImageChange {
  /// `verticalFlip` in recipes.
  public static let name = "verticalFlip"
  /// Other names for it.
  public static let aliases = ["vflip", "randomVerticalFlip"]
  /// A line for `vitrail list`.
  public static let summary = "exchanges top and bottom"
  /// Where it is from.
  public static let source = "torchvision's RandomVerticalFlip"
  /// Every second image.
  public static let usualProbability = 0.5

  /// The mirror image.
  public static func change(_ image: Image, using generator: inout some RandomNumberGenerator) -> Image {
    image.flippedVertically()
  }
}
