/// How far a training is: what schedules inside a model go by.
public struct TrainingProgress: Sendable, Equatable {
  /// Optimiser steps taken before this one.
  public var step: Int
  /// Optimiser steps of the whole training; nil when nobody knows.
  public var totalSteps: Int?

  /// Steps a pass over the data takes; nil when nobody knows.
  public var stepsPerEpoch: Int?

  /// Creates a position; by default the start of a training of unknown length.
  public init(step: Int = 0, totalSteps: Int? = nil, stepsPerEpoch: Int? = nil) {
    self.step = step
    self.totalSteps = totalSteps
    self.stepsPerEpoch = stepsPerEpoch
  }

  /// The share of the training that is done, 0…1; 0 when its length is unknown.
  public var fraction: Double { totalSteps.map { min(1, Double(step) / Double(max(1, $0))) } ?? 0 }
  /// Passes over the data so far, a fraction among them; 0 when nobody knows.
  public var epoch: Double { stepsPerEpoch.map { Double(step) / Double(max(1, $0)) } ?? 0 }
}
