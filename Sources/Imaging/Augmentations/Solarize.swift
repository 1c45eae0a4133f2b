import Platform

/// Inverts samples at and above a threshold: v < threshold ? v : greatest − v, of fractions 1 − v, as Pillow's `ImageOps.solarize`.
///
/// Draws: whether.
public struct Solarize: Augmentation {
  /// `solarize` in recipes.
  public static let name = "solarize"
  /// Other names for it.
  public static let aliases = ["randomSolarize", "solarise"]
  /// A line for `vitrail list`.
  public static let summary = "inverts what is bright"
  /// Where it is from.
  public static let source = "Grill et al., 2020; Pillow's ImageOps.solarize"

  /// What a recipe may set.
  public struct Options: DefaultedOptions {
    /// The least sample that is inverted, 0…256 of 8 bits; for 16 bits it is multiplied by 256, for fractions divided by it.
    public var threshold = 128
    /// How often, 0…1.
    public var probability = 0.2
    /// The defaults.
    public init() {}

    /// What each number may be.
    public static let ranges: [String: KeyRange] = ["threshold": .from(0, to: 256), "probability": .share]
  }

  private let threshold: Int
  private let probability: Double

  /// Creates the augmentation.
  public init(options: Options) throws(Failure) {
    try options.check()
    threshold = options.threshold
    probability = options.probability
  }

  /// The image, solarised or not.
  public func apply(
    to image: Image, _ context: AugmentationContext, using generator: inout some RandomNumberGenerator
  ) -> Image {
    generator.chance(probability) ? image.solarized(threshold: threshold) : image
  }
}

extension Image {
  /// The image with samples from `threshold` on inverted, 0…256 of 8 bits; for 16 bits it is multiplied by 256, for
  /// fractions divided by it.
  package func solarized(threshold: Int) -> Image {
    Image(
      width: width, height: height, channels: channels,
      samples: samples.mapped(Inversion(threshold: threshold)))
  }
}

private struct Inversion: SampleArithmetic {
  let threshold: Int

  func apply(to input: [Float]) -> [Float] {
    let limit = Float(threshold) / 256
    return input.map { $0 < limit ? $0 : 1 - $0 }
  }

  func apply<Sample: IntegerSample>(to input: [Sample]) -> [Sample] {
    let limit = threshold << (Sample.bitWidth - 8)
    return filledSamples(input.count) { output in
      input.withUnsafeBufferPointer { input in
        for index in input.indices {
          let sample = input[index]
          output[index] = Int(sample) < limit ? sample : ~sample
        }
      }
    }
  }
}
