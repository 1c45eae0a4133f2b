/// What the linear probe measured. Accuracies are fractions.
public struct LinearProbeResult: EvaluationResult, Equatable {
  /// Share of test rows whose class has the highest score.
  public let top1: Double
  /// Share of test rows whose class is among the five highest scores; with five classes or fewer, the share
  /// of test rows whose class occurs in train.
  public let top5: Double
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

  /// Top-1.
  public var baseline: Double { top1 }
  /// Top-1.
  public var score: Double { top1 }
}
