/// Takes the colour away: three equal channels of ITU-R 601 luma, in Pillow's fixed point.
///
/// Images that are not RGB stay as they are.
public enum Grayscale: ImageChange {
  /// `grayscale` in recipes.
  public static let name = "grayscale"
  /// Other names for it.
  public static let aliases = ["randomGrayscale", "greyscale"]
  /// A line for `vitrail list`.
  public static let summary = "takes the colour away"
  /// Where it is from.
  public static let source = "Chen et al., 2020; torchvision's RandomGrayscale"
  /// Every fifth image.
  public static let usualProbability = 0.2

  /// The image in shades of gray.
  public static func change(_ image: Image, using generator: inout some RandomNumberGenerator) -> Image {
    image.withoutColor()
  }
}

extension Image {
  /// Three equal channels of luma; itself when it is not RGB.
  package func withoutColor() -> Image {
    channels == 3 ? converted(toChannels: 1).converted(toChannels: 3) : self
  }
}
