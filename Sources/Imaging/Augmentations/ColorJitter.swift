import Platform

/// Changes brightness, contrast, saturation and hue by random factors in random order, as torchvision's `ColorJitter` on
/// Pillow images, to the bit with 8-bit samples.
///
/// Images that are not RGB keep saturation and hue; contrast then is about the mean of all samples.
/// Draws: whether; the order (three indices, Fisher & Yates); the factors of brightness, contrast, saturation and hue, in
/// this order, also of those that a recipe turned off.
public struct ColorJitter: Augmentation {
  /// `colorJitter` in recipes.
  public static let name = "colorJitter"
  /// Other names for it.
  public static let aliases = ["colourJitter"]
  /// A line for `vitrail list`.
  public static let summary = "changes brightness, contrast, saturation and hue"
  /// Where it is from.
  public static let source = "Chen et al., 2020; torchvision's ColorJitter"

  /// What a recipe may set; the defaults are those of Grill et al., 2020. 0 turns a change off.
  public struct Options: DefaultedOptions {
    /// Brightness is multiplied by max(0, 1 − v) … 1 + v.
    public var brightness = 0.4
    /// Differences from the mean gray are multiplied by max(0, 1 − v) … 1 + v.
    public var contrast = 0.4
    /// Differences from each pixel's own gray are multiplied by max(0, 1 − v) … 1 + v.
    public var saturation = 0.2
    /// Hue is turned by −v … v of the colour circle, v at most 0.5.
    public var hue = 0.1
    /// How often, 0…1.
    public var probability = 0.8
    /// The defaults.
    public init() {}

    /// What each number may be.
    public static let ranges: [String: KeyRange] = [
      "brightness": .from(0, to: 100), "contrast": .from(0, to: 100), "saturation": .from(0, to: 100),
      "hue": .from(0, to: 0.5), "probability": .share,
    ]
  }

  private let strengths: Options

  /// Creates the augmentation.
  public init(options: Options) throws(Failure) {
    try options.check()
    strengths = options
  }

  /// The image, changed or not.
  public func apply(
    to image: Image, _ context: AugmentationContext, using generator: inout some RandomNumberGenerator
  ) -> Image {
    guard generator.chance(strengths.probability) else { return image }
    return adjustments(using: &generator).reduce(image) { $0.adjusted($1) }
  }

  /// The changes of one image in their order, without those that are turned off.
  package func adjustments(using generator: inout some RandomNumberGenerator) -> [ColorAdjustment] {
    var order = [0, 1, 2, 3]
    for last in [3, 2, 1] { order.swapAt(last, generator.uniformIndex(below: last + 1)) }
    func factor(_ strength: Double) -> Double {
      generator.uniform(in: max(0, 1 - strength)...1 + strength)
    }
    let changes: [ColorAdjustment] = [
      .brightness(factor(strengths.brightness)), .contrast(factor(strengths.contrast)),
      .saturation(factor(strengths.saturation)),
      .hue(generator.uniform(in: -strengths.hue...strengths.hue)),
    ]
    let isOn = [strengths.brightness, strengths.contrast, strengths.saturation, strengths.hue].map { $0 > 0 }
    return order.filter { isOn[$0] }.map { changes[$0] }
  }
}
