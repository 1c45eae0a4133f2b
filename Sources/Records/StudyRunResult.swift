/// What came of one run of a study; `result.json` of its folder.
public struct StudyRunResult: Codable, Sendable, Equatable {
  /// Whether the run came to its end, and to something.
  public var stability: Stability
  /// Optimiser steps done, and those planned.
  public var steps, plannedSteps: Int
  /// Mean loss over the last twentieth of the steps done; absent when none was logged.
  public var loss: Double?
  /// Loss of the last logged line.
  public var finalLoss: Double?
  /// Median over the logged lines.
  public var imagesPerSecond: Double?
  /// Training seconds.
  public var seconds: Double?
  /// Accuracies by evaluator.
  public var scores: [String: Double]
  /// What the last measurement of the features found, by its keys in the log; nil in results from before it was kept.
  public var health: [String: Double]?

  /// A result of a run that logged nothing.
  public init(stability: Stability, steps: Int, plannedSteps: Int, scores: [String: Double]) {
    (self.stability, self.steps, self.plannedSteps, self.scores) = (stability, steps, plannedSteps, scores)
  }
}

/// How a run ended.
public enum Stability: Codable, Sendable, Equatable {
  /// All steps are done and the loss has fallen.
  case finished
  /// A loss or gradient was not finite, at that step; or the smoothed loss rose to more than 1.5 times its lowest and
  /// stayed there to the end, from that step on.
  case diverged(step: Int)
  /// The smoothed loss fell by less than 2 % from a tenth of the run to its end, or ended at 0.98 of its trivial baseline
  /// or more, where the log knows it: what was learnt is what any model learns of the mean.
  case stalled

  /// `finished`, `stalled`, `diverged at step 17`.
  public var text: String {
    switch self {
    case .finished: "finished"
    case .diverged(let step): "diverged at step \(step)"
    case .stalled: "stalled"
    }
  }

  /// The first word of `text`.
  public var kind: String { String(text.prefix { $0 != " " }) }

  private enum Key: String, CodingKey { case kind, step }

  /// Decodes `{"kind": "diverged", "step": 17}`; other kinds have no step.
  public init(from decoder: any Decoder) throws {
    let keys = try decoder.container(keyedBy: Key.self)
    switch try keys.decode(String.self, forKey: .kind) {
    case "finished": self = .finished
    case "stalled": self = .stalled
    case "diverged": self = .diverged(step: try keys.decode(Int.self, forKey: .step))
    case let kind:
      throw DecodingError.dataCorruptedError(
        forKey: .kind, in: keys, debugDescription: "found '\(kind)', wanted finished, diverged or stalled")
    }
  }

  /// Encodes the same.
  public func encode(to encoder: any Encoder) throws {
    var keys = encoder.container(keyedBy: Key.self)
    try keys.encode(kind, forKey: .kind)
    if case .diverged(let step) = self { try keys.encode(step, forKey: .step) }
  }
}
