/// How a classifier that was trained end to end does on test images.
public struct ClassifierResult: EvaluationResult {
  /// The name in reports.
  public static let name = "classifier"
  /// What its probabilities say.
  public let scores: ClassificationScores

  /// Holds scores.
  public init(_ scores: ClassificationScores) { self.scores = scores }

  /// Top-1.
  public var baseline: Double { scores.top1 }
  /// Those of any classifier.
  public var measures: [Measure] { scores.measures }
  /// Confusion matrix and classes.
  public var attachments: [EvaluationAttachment] { scores.attachments }
  /// Encodes the scores' keys.
  public func encode(to encoder: any Encoder) throws { try scores.encode(to: encoder) }
}
