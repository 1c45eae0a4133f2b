import Platform

/// Adds Gaussian noise to a square of random side and place, so that a model relies on high frequencies less.
///
/// In the paper it comes before the crops; it works at any place in a list.
/// Draws: whether; the side, uniform on 1…the shorter side; top; left; the deviation; then a normal number a sample, row by
/// row, two a word.
public struct GaussianNoisePatches: Augmentation {
  /// `gaussianNoisePatches` in recipes.
  public static let name = "gaussianNoisePatches"
  /// A line for `vitrail list`.
  public static let summary = "adds noise to a square of random side and place"
  /// Where it is from.
  public static let source = "Lopes et al., 2019; Zhang et al., 2025 (FastDINOv2)"

  /// What a recipe may set; the defaults are those of Zhang et al., 2025.
  public struct Options: DefaultedOptions {
    /// The noise's deviation, of samples in 0…1, `[lowest, highest]`.
    public var deviation = [0.0, 0.5]
    /// How often, 0…1.
    public var probability = 1.0
    /// The defaults.
    public init() {}

    /// What each number may be.
    public static let ranges: [String: KeyRange] = ["deviation": .from(0, to: 10), "probability": .share]
  }

  private let deviation: ClosedRange<Double>
  private let probability: Double

  /// Creates the augmentation.
  public init(options: Options) throws(Failure) {
    try options.check()
    deviation = try checkedRange(options.deviation, "deviation")
    probability = options.probability
  }

  /// The image with a noisy square, or without.
  public func apply(
    to image: Image, _ context: AugmentationContext, using generator: inout some RandomNumberGenerator
  ) -> Image {
    guard generator.chance(probability) else { return image }
    let (square, deviation) = patch(width: image.width, height: image.height, using: &generator)
    var normals = NormalDraws()
    return image.replacing(square) { $1 + deviation * normals.next(using: &generator) }
  }

  /// Where the noise goes in an image of `width`×`height`, and how strong it is.
  package func patch(
    width: Int, height: Int, using generator: inout some RandomNumberGenerator
  ) -> (square: CropRectangle, deviation: Float) {
    let side = generator.uniformIndex(below: min(width, height)) + 1
    let top = generator.uniformIndex(below: height - side + 1)
    let left = generator.uniformIndex(below: width - side + 1)
    return (
      CropRectangle(left: left, top: top, width: side, height: side),
      Float(generator.uniform(in: deviation))
    )
  }
}
