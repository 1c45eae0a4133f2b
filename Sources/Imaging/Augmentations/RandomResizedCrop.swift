import Foundation
import Platform

/// Draws the crop rectangles of "Inception-style" augmentation (Szegedy et al., 2015), by torchvision's rule.
///
/// Up to ten times: an area uniform in `scale` of the image's, an aspect ratio log-uniform in `ratio`,
/// sides rounded half to even; the first that fits is placed uniformly, top drawn before left. Otherwise
/// the largest centred crop whose ratio is within `ratio`.
///
/// In one shot, as He et al. (2021) probe: the first try is taken, its sides limited to the image's.
public struct RandomResizedCrop: Framing {
  /// `randomResizedCrop` in recipes.
  public static let name = "randomResizedCrop"
  /// Other names for it.
  public static let aliases = ["rrc"]
  /// A line for `vitrail list`.
  public static let summary = "a part of random size, shape and place, resized to the model's input"
  /// Where it is from.
  public static let source = "Szegedy et al., 2015; torchvision's rule"

  /// What a recipe may set; the defaults are those of He et al., 2021.
  public struct Options: DefaultedOptions {
    /// The crop's area as a share of the image's, `[lowest, highest]`.
    public var scale = [0.2, 1.0]
    /// The crop's width over its height, `[lowest, highest]`.
    public var ratio = [3.0 / 4, 4.0 / 3]
    /// The interpolation kernel of the resize.
    public var filter = ResizeFilter.bicubic
    /// Whether the first try is taken, cut to the image where it does not fit.
    public var oneShot = false
    /// The defaults.
    public init() {}

    /// What each number may be.
    public static let ranges: [String: KeyRange] = [
      "scale": .above(0, to: 1), "ratio": .from(0.001, to: 1000),
    ]
  }

  /// The crop's area as a share of the image's.
  public let scale: ClosedRange<Double>
  /// The crop's width over its height.
  public let ratio: ClosedRange<Double>
  /// The interpolation kernel of the resize.
  public let filter: ResizeFilter
  /// Whether the first try is taken, cut to the image where it does not fit.
  public let oneShot: Bool

  /// Creates the rule; by default torchvision's ranges.
  public init(
    scale: ClosedRange<Double> = 0.08...1, ratio: ClosedRange<Double> = 3.0 / 4...4.0 / 3,
    filter: ResizeFilter = .bicubic, oneShot: Bool = false
  ) {
    precondition(scale.lowerBound > 0 && ratio.lowerBound > 0, "areas and ratios are positive")
    self.scale = scale
    self.ratio = ratio
    self.filter = filter
    self.oneShot = oneShot
  }

  /// Creates the rule from a recipe.
  public init(options: Options) throws(Failure) {
    try options.check()
    self.init(
      scale: try checkedRange(options.scale, "scale"),
      ratio: try checkedRange(options.ratio, "ratio"), filter: options.filter,
      oneShot: options.oneShot)
  }

  /// The part that is drawn; all of an image of the view's size, without a draw, when scale and ratio are 1.
  public func crop(
    width: Int, height: Int, _ context: AugmentationContext, using generator: inout some RandomNumberGenerator
  ) -> CropRectangle {
    if (width, height) == (context.width, context.height) && scale == 1...1 && ratio == 1...1 {
      return CropRectangle(left: 0, top: 0, width: width, height: height)
    }
    return sample(width: width, height: height, using: &generator)
  }

  /// Draws a crop of an image of `width`×`height`.
  ///
  /// Takes two words of `generator` a try, for two uniform doubles of 53 bits, then two for unbiased integers
  /// (upper half of word·bound; redrawn in the rare case that would bias it).
  public func sample(
    width: Int, height: Int, using generator: inout some RandomNumberGenerator
  ) -> CropRectangle {
    precondition(width > 0 && height > 0, "an image has at least one pixel, not \(width)×\(height)")
    let area = Double(width) * Double(height)
    let logRatio = (log(ratio.lowerBound), log(ratio.upperBound))
    for _ in 0..<10 {
      let target = area * (scale.lowerBound + (scale.upperBound - scale.lowerBound) * generator.uniform())
      let aspect = exp(logRatio.0 + (logRatio.1 - logRatio.0) * generator.uniform())
      var cropWidth = (target * aspect).squareRoot().rounded(.toNearestOrEven)
      var cropHeight = (target / aspect).squareRoot().rounded(.toNearestOrEven)
      if oneShot {
        cropWidth = min(max(cropWidth, 1), Double(width))
        cropHeight = min(max(cropHeight, 1), Double(height))
      }
      if cropWidth > 0, cropWidth <= Double(width), cropHeight > 0, cropHeight <= Double(height) {
        let (cropWidth, cropHeight) = (Int(cropWidth), Int(cropHeight))
        let top = generator.uniformIndex(below: height - cropHeight + 1)
        let left = generator.uniformIndex(below: width - cropWidth + 1)
        return CropRectangle(left: left, top: top, width: cropWidth, height: cropHeight)
      }
    }
    return fallback(width: width, height: height)
  }

  /// The largest centred crop whose ratio is within `ratio`.
  private func fallback(width: Int, height: Int) -> CropRectangle {
    let imageRatio = Double(width) / Double(height)
    var (cropWidth, cropHeight) = (width, height)
    if imageRatio < ratio.lowerBound {
      cropHeight = max(1, Int((Double(width) / ratio.lowerBound).rounded(.toNearestOrEven)))
    } else if imageRatio > ratio.upperBound {
      cropWidth = max(1, Int((Double(height) * ratio.upperBound).rounded(.toNearestOrEven)))
    }
    return CropRectangle(
      left: (width - cropWidth) / 2, top: (height - cropHeight) / 2, width: cropWidth, height: cropHeight)
  }
}
