/// How the encoder's features fare before one step, and what its loss is measured against; nil is what is not known or
/// not finite.
public struct FeatureHealth: Sendable, Equatable {
  /// Samples looked at, n.
  public var samples = 0
  /// Values of a feature, D.
  public var width = 0
  /// `FeatureMatrix.directionSpread` of the pooled features: 1 spread evenly, 0 collapsed.
  public var featureStd: Double?
  /// `FeatureMatrix.rankMe` of the pooled features, 1 … min(n, D).
  public var rankMe: Double?
  /// `FeatureMatrix.alignment` of two views of each image, or of two halves of its patches.
  public var alignment: Double?
  /// `FeatureMatrix.uniformity` of the pooled features.
  public var uniformity: Double?
  /// Entropy in nats of the teacher's answer to a sample, averaged over samples.
  public var teacherEntropy: Double?
  /// Choices of the teacher, K: its entropy is at most ln K.
  public var teacherOutputs: Int?
  /// The distance from a frozen teacher that is a part of the loss, before it is weighted.
  public var distillation: Double?
  /// What the loss would be without a look at the images.
  public var baseline: TrivialLoss?
  /// The highest that `rankMe` can be.
  public var directions: Int { min(samples, width) }

  /// Nothing known yet.
  public init() {}
}
