import Platform

/// What the interpolation of vote and linear probe measured.
public struct InterpolatedProbeResult: EvaluationResult, Equatable {
  /// What its probabilities say about the test set.
  public let scores: ClassificationScores
  /// What was chosen.
  public let mixture: Mixture
  /// The penalty of the linear probe.
  public let l2: Double

  /// How vote and linear probe are mixed.
  public struct Mixture: Codable, Sendable, Equatable {
    /// The share of the vote.
    public let lambda: Double
    /// Neighbours that vote.
    public let k: Int
    /// T in the vote weight exp(s/T).
    public let temperature: Double
    /// Accuracy on the held-out train rows; nil where none could be held out.
    public let heldOutAccuracy: Double?
  }

  /// Top-1.
  public var baseline: Double { scores.top1 }
  /// Those of any classifier.
  public var measures: [Measure] { scores.measures }
  /// Which test rows are right.
  public var isRight: [Bool]? { scores.isRight }
  /// The mixture and the penalty.
  public var choices: [String: JSONValue] {
    [
      "lambda": .number(mixture.lambda), "k": .integer(mixture.k),
      "temperature": .number(mixture.temperature), "l2": .number(l2),
    ]
  }
  /// Confusion matrix and classes.
  public var attachments: [EvaluationAttachment] { scores.attachments }

  private enum CodingKeys: CodingKey { case l2 }

  /// Encodes the scores' and the mixture's keys beside the penalty.
  public func encode(to encoder: any Encoder) throws {
    try scores.encode(to: encoder)
    try mixture.encode(to: encoder)
    var object = encoder.container(keyedBy: CodingKeys.self)
    try object.encode(l2, forKey: .l2)
  }
}
