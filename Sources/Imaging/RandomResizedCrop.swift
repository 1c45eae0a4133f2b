import Foundation

/// Draws the crop rectangles of "Inception-style" augmentation (Szegedy et al., 2015), by torchvision's rule.
///
/// Up to ten times: an area uniform in `scale` of the image's, an aspect ratio log-uniform in `ratio`,
/// sides rounded half to even; the first that fits is placed uniformly, top drawn before left. Otherwise
/// the largest centred crop whose ratio is within `ratio`.
public struct RandomResizedCrop: Sendable, Equatable {
  /// The crop's area as a share of the image's.
  public var scale: ClosedRange<Double>
  /// The crop's width over its height.
  public var ratio: ClosedRange<Double>

  /// Creates the rule; by default torchvision's ranges.
  public init(scale: ClosedRange<Double> = 0.08...1, ratio: ClosedRange<Double> = 3.0 / 4...4.0 / 3) {
    precondition(scale.lowerBound > 0 && ratio.lowerBound > 0, "areas and ratios are positive")
    self.scale = scale
    self.ratio = ratio
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
      let cropWidth = (target * aspect).squareRoot().rounded(.toNearestOrEven)
      let cropHeight = (target / aspect).squareRoot().rounded(.toNearestOrEven)
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

extension RandomResizedCrop: Codable {
  private enum CodingKeys: String, CodingKey {
    case scale, ratio
  }

  /// Decodes the two ranges, each as `[lower, upper]`.
  ///
  /// - Throws: `DecodingError` when a key is missing or a range is not positive.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    scale = try values.decode(ClosedRange<Double>.self, forKey: .scale)
    ratio = try values.decode(ClosedRange<Double>.self, forKey: .ratio)
    guard scale.lowerBound > 0, ratio.lowerBound > 0 else {
      throw DecodingError.dataCorrupted(
        DecodingError.Context(
          codingPath: decoder.codingPath, debugDescription: "scale and ratio must be above 0"))
    }
  }
}
