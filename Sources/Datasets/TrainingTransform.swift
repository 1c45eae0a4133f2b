import Imaging
import Platform
import Tensors

/// What happens to an image on its way into a pretraining batch: a random resized crop, a random horizontal
/// flip, conversion to the model's channels, normalisation. The defaults are those of He et al., 2021.
public struct TrainingTransform: DefaultedOptions {
  /// Rows of the model's input.
  public let height: Int
  /// Columns of the model's input.
  public let width: Int
  /// Channels of the model's input, 1 or 3.
  public let channels: Int
  /// The crop's area as a share of the image's.
  public let scale: ClosedRange<Double>
  /// The crop's width over its height.
  public let ratio: ClosedRange<Double>
  /// The interpolation kernel of the resize.
  public let filter: ResizeFilter
  /// How often left and right are exchanged, 0…1.
  public let flipProbability: Double
  /// Subtracted from each channel's values / 255.
  public let mean: [Float]
  /// Divides each channel's values / 255 less the mean.
  public let standardDeviation: [Float]

  /// The defaults: 224×224 RGB with ImageNet's statistics.
  public init() { self.init(height: 224, width: 224) }

  /// Creates a transform.
  public init(
    height: Int, width: Int, channels: Int = 3, scale: ClosedRange<Double> = 0.2...1,
    ratio: ClosedRange<Double> = 3.0 / 4...4.0 / 3, filter: ResizeFilter = .bicubic,
    flipProbability: Double = 0.5, mean: [Float] = Preprocessing.imageNetMean,
    standardDeviation: [Float] = Preprocessing.imageNetStandardDeviation
  ) {
    self.height = height
    self.width = width
    self.channels = channels
    self.scale = scale
    self.ratio = ratio
    self.filter = filter
    self.flipProbability = flipProbability
    self.mean = mean
    self.standardDeviation = standardDeviation
    if let problem { preconditionFailure(problem) }
  }

  /// The view of `image` that `stream` draws, `height`×`width`×`channels`: first the crop, then the flip.
  ///
  /// With `scale` and `ratio` both 1…1, an image of the target size is used as it is and no crop is drawn.
  public func view(of image: Image, drawing stream: inout RandomStream) -> Image {
    // Gray becomes RGB after the resize: the same values, a third of the work.
    let source = channels < image.channels ? image.converted(toChannels: channels) : image
    let whole = CropRectangle(left: 0, top: 0, width: source.width, height: source.height)
    let hasTargetSize = (source.width, source.height) == (width, height)
    let keepsImage = hasTargetSize && scale == 1...1 && ratio == 1...1
    let crop =
      keepsImage
      ? whole
      : RandomResizedCrop(scale: scale, ratio: ratio).sample(
        width: source.width, height: source.height, using: &stream)
    let flipped = stream.uniform() < flipProbability
    let view =
      hasTargetSize && crop == whole && !flipped
      ? source
      : source.resized(cropping: crop, width: width, height: height, filter: filter, flipped: flipped)
    return view.converted(toChannels: channels)
  }

  /// Why no image can be prepared so, if it cannot.
  private var problem: String? {
    if channels != 1 && channels != 3 { return "channels is \(channels), not 1 or 3" }
    if min(height, width) < 1 || max(height, width) > 1 << 20 {
      return "a model input of \(height)×\(width) pixels; each side must be 1 to \(1 << 20)"
    }
    if scale.lowerBound <= 0 || scale.upperBound > 1 {
      return "scale is \(scale.lowerBound) to \(scale.upperBound), not within 0 to 1 and above 0"
    }
    if ratio.lowerBound <= 0 || !ratio.upperBound.isFinite { return "ratio must be above 0" }
    if !(0...1).contains(flipProbability) { return "flipProbability is \(flipProbability), not 0 to 1" }
    if mean.count != channels || standardDeviation.count != channels {
      return "mean and standardDeviation have \(mean.count) and \(standardDeviation.count) values, "
        + "not one for each of \(channels) channels"
    }
    if !mean.allSatisfy(\.isFinite) || !standardDeviation.allSatisfy({ $0.isFinite && $0 > 0 }) {
      return "mean must be finite and standardDeviation finite and positive"
    }
    return nil
  }
}

extension TrainingTransform {
  private enum CodingKeys: String, CodingKey {
    case height, width, channels, scale, ratio, filter, flipProbability, mean, standardDeviation
  }

  /// Decodes a transform and checks it; ranges are `[lower, upper]`.
  ///
  /// - Throws: `DecodingError` when a key is missing, or no image can be prepared so.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    height = try values.decode(Int.self, forKey: .height)
    width = try values.decode(Int.self, forKey: .width)
    channels = try values.decode(Int.self, forKey: .channels)
    scale = try values.decode(ClosedRange<Double>.self, forKey: .scale)
    ratio = try values.decode(ClosedRange<Double>.self, forKey: .ratio)
    filter = try values.decode(ResizeFilter.self, forKey: .filter)
    flipProbability = try values.decode(Double.self, forKey: .flipProbability)
    mean = try values.decode([Float].self, forKey: .mean)
    standardDeviation = try values.decode([Float].self, forKey: .standardDeviation)
    if let problem {
      throw DecodingError.dataCorrupted(
        DecodingError.Context(codingPath: decoder.codingPath, debugDescription: problem))
    }
  }
}
