import Platform

/// What the probe of several labels an image measured.
public struct MultiLabelResult: EvaluationResult, Equatable {
  /// What its scores say about the test set.
  public let scores: MultiLabelScores
  /// Names of the classes of test rows that no train row has, which are left out.
  public let unknownClassNames: [String]
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
    /// Mean average precision on the held-out train rows.
    public let heldOutMeanAveragePrecision: Double
    /// L-BFGS steps from the solution of the λ before.
    public let iterations: Int
  }

  /// Mean average precision.
  public var baseline: Double { scores.meanAveragePrecision }
  /// Mean average precision, micro and macro F1.
  public var measures: [Measure] {
    [
      Measure("mAP", scores.meanAveragePrecision, .share), Measure("micro F1", scores.microF1, .share),
      Measure("macro F1", scores.macroF1, .share),
    ]
  }
  /// λ.
  public var choices: [String: JSONValue] { ["l2": .number(l2)] }
  /// The table of the classes.
  public var attachments: [EvaluationAttachment] { [scores.classTable] }

  private enum CodingKeys: CodingKey { case unknownClassNames, l2, candidates, iterations, converged }

  /// Encodes the scores' keys beside its own.
  public func encode(to encoder: any Encoder) throws {
    try scores.encode(to: encoder)
    var object = encoder.container(keyedBy: CodingKeys.self)
    try object.encode(unknownClassNames, forKey: .unknownClassNames)
    try object.encode(l2, forKey: .l2)
    try object.encode(candidates, forKey: .candidates)
    try object.encode(iterations, forKey: .iterations)
    try object.encode(converged, forKey: .converged)
  }
}
