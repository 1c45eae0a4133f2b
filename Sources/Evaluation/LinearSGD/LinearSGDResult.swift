import Platform

/// What heads trained by SGD measured.
public struct LinearSGDResult: EvaluationResult, Equatable {
  /// What the head's probabilities say about the test set.
  public let scores: ClassificationScores
  /// How it was trained.
  public let `protocol`: LinearSGDProtocol
  /// The chosen head of `dinov2`; nil for `mae`, where nothing is chosen.
  public let chosen: Head?
  /// The heads of `dinov2` in the order of the grid.
  public let heads: [Head]
  /// Steps.
  public let iterations: Int
  /// Rows a step.
  public let batchSize: Int
  /// Passes over augmented images that were learned from; 0 where features of evaluation views were.
  public let augmentedPasses: Int
  /// Mean cross-entropy of the head over the last steps.
  public let trainLoss: Double

  /// A head of the grid.
  public struct Head: Codable, Sendable, Equatable {
    /// From how many last blocks it takes features.
    public let blocks: Int
    /// Whether it also sees the mean of the last block's patches.
    public let averagesPatches: Bool
    /// The learning rate for 256 rows a step.
    public let learningRate: Double
    /// Accuracy on the held-out train rows; nil when nothing could be held out, and for a head that diverged.
    public let heldOutAccuracy: Double?
  }

  /// Share of test rows whose class has the highest score.
  public var top1: Double { scores.top1 }
  /// Top-1.
  public var baseline: Double { scores.top1 }
  /// Those of any classifier.
  public var measures: [Measure] { scores.measures }
  /// Which test rows are right.
  public var isRight: [Bool]? { scores.isRight }
  /// The place of the chosen head in the grid.
  public var choices: [String: JSONValue] {
    guard let chosen else { return [:] }
    return [
      "blocks": .integer(chosen.blocks), "averagesPatches": .bool(chosen.averagesPatches),
      "learningRate": .number(chosen.learningRate),
    ]
  }
  /// Confusion matrix and classes.
  public var attachments: [EvaluationAttachment] { scores.attachments }

  private enum CodingKeys: String, CodingKey {
    case `protocol`, chosen, heads, iterations, batchSize, augmentedPasses, trainLoss
  }

  /// Encodes the scores' keys beside its own.
  public func encode(to encoder: any Encoder) throws {
    try scores.encode(to: encoder)
    var object = encoder.container(keyedBy: CodingKeys.self)
    try object.encode(`protocol`, forKey: .protocol)
    try object.encodeIfPresent(chosen, forKey: .chosen)
    try object.encode(heads, forKey: .heads)
    try object.encode(iterations, forKey: .iterations)
    try object.encode(batchSize, forKey: .batchSize)
    try object.encode(augmentedPasses, forKey: .augmentedPasses)
    try object.encode(trainLoss, forKey: .trainLoss)
  }
}
