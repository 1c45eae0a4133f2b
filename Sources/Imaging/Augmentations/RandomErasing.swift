import Foundation
import Platform

/// Replaces a random rectangle by the mean or by noise, by torchvision's rule.
///
/// Up to ten times: an area uniform in `scale` of the image's, height over width log-uniform in `ratio`, sides rounded half
/// to even; the first rectangle that is smaller than the image in both sides is placed uniformly. If none is, the image
/// stays. torchvision erases after normalisation: its value 0 is the mean of the model's normalisation here, its normal
/// noise has that mean and deviation (their averages while the image has not the model's channels), clamped to what
/// samples can hold.
/// Draws: whether; area and ratio of each try; top; left; of noise a normal number a sample, row by row, two a word.
public struct RandomErasing: Augmentation {
  /// `randomErasing` in recipes.
  public static let name = "randomErasing"
  /// A line for `vitrail list`.
  public static let summary = "replaces a rectangle by the mean colour or by noise"
  /// Where it is from.
  public static let source = "Zhong et al., 2020; torchvision's RandomErasing"

  /// What a rectangle is filled with.
  public enum Fill: String, Codable, Sendable, CaseIterable {
    /// The mean that the model's normalisation subtracts: 0 afterwards.
    case mean
    /// Normal noise of its mean and deviation: N(0, 1) afterwards, where it is not clamped.
    case noise
  }

  /// What a recipe may set; the defaults are torchvision's.
  public struct Options: DefaultedOptions {
    /// The rectangle's area as a share of the image's, `[lowest, highest]`.
    public var scale = [0.02, 0.33]
    /// The rectangle's height over its width, `[lowest, highest]`.
    public var ratio = [0.3, 3.3]
    /// `mean` or `noise`.
    public var value = Fill.mean
    /// How often, 0…1.
    public var probability = 0.5
    /// The defaults.
    public init() {}

    /// What each number may be.
    public static let ranges: [String: KeyRange] = [
      "scale": .share, "ratio": .from(0.001, to: 1000), "probability": .share,
    ]
  }

  private let scale, ratio: ClosedRange<Double>
  private let value: Fill
  private let probability: Double

  /// Creates the augmentation.
  public init(options: Options) throws(Failure) {
    try options.check()
    scale = try checkedRange(options.scale, "scale")
    ratio = try checkedRange(options.ratio, "ratio")
    value = options.value
    probability = options.probability
  }

  /// The image without a rectangle, or whole.
  public func apply(
    to image: Image, _ context: AugmentationContext, using generator: inout some RandomNumberGenerator
  ) -> Image {
    guard generator.chance(probability),
      let rectangle = rectangle(width: image.width, height: image.height, using: &generator)
    else { return image }
    let normalization = context.normalization.adapted(toChannels: image.channels)
    let (means, deviations) = (normalization.mean, normalization.standardDeviation)
    switch value {
    case .mean: return image.replacing(rectangle) { channel, _ in means[channel] }
    case .noise:
      var normals = NormalDraws()
      return image.replacing(rectangle) { channel, _ in
        means[channel] + deviations[channel] * normals.next(using: &generator)
      }
    }
  }

  /// The rectangle that is erased of an image of `width`×`height`; nil when ten draws do not fit.
  package func rectangle(
    width: Int, height: Int, using generator: inout some RandomNumberGenerator
  ) -> CropRectangle? {
    let area = Double(width) * Double(height)
    let logRatio = log(ratio.lowerBound)...log(ratio.upperBound)
    for _ in 0..<10 {
      let target = area * generator.uniform(in: scale)
      let aspect = exp(generator.uniform(in: logRatio))
      let rows = Int((target * aspect).squareRoot().rounded(.toNearestOrEven))
      let columns = Int((target / aspect).squareRoot().rounded(.toNearestOrEven))
      guard rows < height, columns < width else { continue }
      let top = generator.uniformIndex(below: height - rows + 1)
      let left = generator.uniformIndex(below: width - columns + 1)
      // A side that was rounded to 0 erases nothing.
      guard rows > 0, columns > 0 else { return nil }
      return CropRectangle(left: left, top: top, width: columns, height: rows)
    }
    return nil
  }
}
