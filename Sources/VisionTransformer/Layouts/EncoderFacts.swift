import Imaging
import Tensors

/// The norms that other libraries' encoders have, by their names in recipes.
public enum EncoderNorm: String, Sendable, CaseIterable {
  case layerNorm, rmsNorm
}

/// What the tensors of an encoder do not tell: from a file beside the weights, from the command line, or from what a
/// layout's library always does.
public struct EncoderFacts: Sendable, Equatable {
  /// Number of attention heads.
  public var headCount: Int?
  /// Number of attention heads of a masked autoencoder's decoder.
  public var decoderHeadCount: Int?
  /// The share of patches that a masked autoencoder hides.
  public var maskRatio: Double?
  /// Whether a masked autoencoder's targets were normalised patch by patch.
  public var normalizesPixels: Bool?
  /// What its norms are.
  public var norm: EncoderNorm?
  /// What norms add to the variance or the mean square.
  public var epsilon: Double?
  /// The function between the layers of the MLP.
  public var activation: Activation?
  /// Means of the channels, of values / 255.
  public var mean: [Float]?
  /// Standard deviations of the channels, of values / 255.
  public var standardDeviation: [Float]?
  /// Height and width of the images.
  public var imageSize: ImageSize?
  /// The names of the classes that a head beside the encoder tells apart.
  public var classNames: [String]?
  /// How tokens become one vector.
  public var pooling: Pooling?
  /// What the shorter side of an image is resized to before the crop.
  public var resizeShorterSide: Int?
  /// The interpolation of that.
  public var filter: ResizeFilter?

  /// Nothing.
  public init() {}

  /// What a model that is to start from the weights says, for weights that do not say it themselves.
  public init(_ model: VisionTransformerConfiguration, mean: [Float], standardDeviation: [Float]) {
    headCount = model.headCount
    norm = EncoderNorm(rawValue: model.norm.name)
    epsilon = model.norm.options["epsilon"]?.number ?? LayerNorm.Options().epsilon
    activation = model.activation
    (self.mean, self.standardDeviation) = (mean, standardDeviation)
    pooling = model.pooling
  }

  /// These, and where they say nothing, the others.
  public func over(_ others: EncoderFacts) -> EncoderFacts {
    var facts = self
    facts.headCount = headCount ?? others.headCount
    facts.decoderHeadCount = decoderHeadCount ?? others.decoderHeadCount
    facts.maskRatio = maskRatio ?? others.maskRatio
    facts.normalizesPixels = normalizesPixels ?? others.normalizesPixels
    facts.norm = norm ?? others.norm
    facts.epsilon = epsilon ?? others.epsilon
    facts.activation = activation ?? others.activation
    facts.mean = mean ?? others.mean
    facts.standardDeviation = standardDeviation ?? others.standardDeviation
    facts.imageSize = imageSize ?? others.imageSize
    facts.classNames = classNames ?? others.classNames
    facts.pooling = pooling ?? others.pooling
    facts.resizeShorterSide = resizeShorterSide ?? others.resizeShorterSide
    facts.filter = filter ?? others.filter
    return facts
  }
}
