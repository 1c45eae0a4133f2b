/// What `train.monitor` found after a step; a line of `monitor.jsonl`.
public struct MonitorEvaluation: Codable, Sendable, Equatable {
  /// The step, from 1.
  public var step: Int
  /// The first number of each evaluator, by its name.
  public var scores: [String: Double]

  /// Creates an evaluation.
  public init(step: Int, scores: [String: Double]) {
    self.step = step
    self.scores = scores
  }
}
