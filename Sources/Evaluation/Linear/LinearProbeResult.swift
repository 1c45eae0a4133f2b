import Platform

/// What the linear probe measured.
public struct LinearProbeResult: EvaluationResult, Equatable {
  /// What its probabilities say about the test set.
  public let scores: ClassificationScores
  /// The chosen λ.
  public let l2: Double
  /// The λ that were tried, strongest first; empty when there was nothing to choose.
  public let candidates: [Candidate]
  /// L-BFGS steps of the final fit.
  public let iterations: Int
  /// False when the final fit ran out of steps.
  public let converged: Bool

  /// One λ that was tried.
  public struct Candidate: Codable, Sendable, Equatable {
    /// The penalty.
    public let l2: Double
    /// Accuracy on the held-out train rows.
    public let heldOutAccuracy: Double
    /// L-BFGS steps from the solution of the λ before.
    public let iterations: Int
  }

  /// Share of test rows whose class has the highest score.
  public var top1: Double { scores.top1 }
  /// Share of test rows whose class is among the five highest scores.
  public var top5: Double { scores.top5 }
  /// Top-1.
  public var baseline: Double { scores.top1 }
  /// Those of any classifier.
  public var measures: [Measure] { scores.measures }
  /// Which test rows are right.
  public var isRight: [Bool]? { scores.isRight }
  /// λ.
  public var choices: [String: JSONValue] { ["l2": .number(l2)] }
  /// Confusion matrix and classes.
  public var attachments: [EvaluationAttachment] { scores.attachments }

  private enum CodingKeys: CodingKey { case l2, candidates, iterations, converged }

  /// Encodes the scores' keys beside its own.
  public func encode(to encoder: any Encoder) throws {
    try scores.encode(to: encoder)
    var object = encoder.container(keyedBy: CodingKeys.self)
    try object.encode(l2, forKey: .l2)
    try object.encode(candidates, forKey: .candidates)
    try object.encode(iterations, forKey: .iterations)
    try object.encode(converged, forKey: .converged)
  }
}
