import Platform

/// Blurs by a Gaussian kernel of random deviation, as torchvision's `GaussianBlur`: odd kernel, weights exp(−x²/2σ²)
/// summed to 1, pixels reflected at the borders.
///
/// Draws: whether; σ.
public struct GaussianBlur: Augmentation {
  /// `gaussianBlur` in recipes.
  public static let name = "gaussianBlur"
  /// Other names for it.
  public static let aliases = ["blur"]
  /// A line for `vitrail list`.
  public static let summary = "blurs by a Gaussian of random width"
  /// Where it is from.
  public static let source = "Chen et al., 2020; torchvision's GaussianBlur"

  /// What a recipe may set; the defaults are those of Chen et al., 2020.
  public struct Options: DefaultedOptions {
    /// The kernel's deviation in pixels, `[lowest, highest]`.
    public var sigma = [0.1, 2.0]
    /// Taps of the kernel, odd; absent: from the image's shorter side s as SimCLR does, 2·⌊⌊s/10⌋/2⌋ + 1, at least 3.
    public var kernelSize: Int?
    /// How often, 0…1.
    public var probability = 0.5
    /// The defaults.
    public init() {}

    /// What each number may be.
    public static let ranges: [String: KeyRange] = [
      "sigma": .from(0.001, to: 1000), "kernelSize": .from(1, to: 999), "probability": .share,
    ]
  }

  private let sigma: ClosedRange<Double>
  private let kernelSize: Int?
  private let probability: Double

  /// Creates the augmentation.
  public init(options: Options) throws(Failure) {
    try options.check()
    sigma = try checkedRange(options.sigma, "sigma")
    kernelSize = options.kernelSize
    if let kernelSize, kernelSize.isMultiple(of: 2) {
      throw Failure(
        "kernelSize is \(kernelSize)", at: "kernelSize", mend: "choose an odd number, 1 … 999")
    }
    probability = options.probability
  }

  /// The image, blurred or not.
  public func apply(
    to image: Image, _ context: AugmentationContext, using generator: inout some RandomNumberGenerator
  ) -> Image {
    guard generator.chance(probability) else { return image }
    let side = min(image.width, image.height)
    return image.blurred(
      radius: kernelSize.map { $0 / 2 } ?? max(1, side / 10 / 2), deviation: generator.uniform(in: sigma))
  }
}
