import Platform

/// Shrinks the image by a factor and enlarges it again: only low frequencies stay. The first part of a curriculum that
/// shows coarse shapes before details; here at the model's size, where the paper trains at the smaller one.
///
/// Works to the bit as two resizes of Pillow. Draws: whether, while the curriculum lasts; nothing afterwards.
public struct LowFrequency: Augmentation {
  /// `lowFrequency` in recipes.
  public static let name = "lowFrequency"
  /// A line for `vitrail list`.
  public static let summary = "leaves coarse shapes alone, in the first part of the training"
  /// Where it is from.
  public static let source = "Zhang et al., 2025 (FastDINOv2)"

  /// What a recipe may set.
  public struct Options: DefaultedOptions {
    /// By how much each side shrinks, from 1 on.
    public var factor = 2.0
    /// The share of the training after which images stay as they are, 0…1.
    public var until = 0.75
    /// The interpolation kernel of both resizes.
    public var filter = ResizeFilter.bicubic
    /// How often, 0…1.
    public var probability = 1.0
    /// The defaults.
    public init() {}

    /// What each number may be.
    public static let ranges: [String: KeyRange] = [
      "factor": .from(1, to: 1024), "until": .share, "probability": .share,
    ]
  }

  private let factor, until, probability: Double
  private let filter: ResizeFilter

  /// Creates the augmentation.
  public init(options: Options) throws(Failure) {
    try options.check()
    factor = options.factor
    until = options.until
    filter = options.filter
    probability = options.probability
  }

  /// The image, with or without its details.
  public func apply(
    to image: Image, _ context: AugmentationContext, using generator: inout some RandomNumberGenerator
  ) -> Image {
    guard context.progress < until, generator.chance(probability) else { return image }
    return image.coarsened(by: factor, filter: filter)
  }
}

extension Image {
  /// The image shrunk to its sides over `factor`, rounded half to even and at least 1, and enlarged again.
  package func coarsened(by factor: Double, filter: ResizeFilter) -> Image {
    func shrunk(_ side: Int) -> Int { max(1, Int((Double(side) / factor).rounded(.toNearestOrEven))) }
    return resized(width: shrunk(width), height: shrunk(height), filter: filter)
      .resized(width: width, height: height, filter: filter)
  }
}
