/// How far a training is: what schedules inside a model go by.
public struct TrainingProgress: Sendable, Equatable {
  /// Optimiser steps taken before this one.
  public var step: Int
  /// Optimiser steps of the whole training; nil when nobody knows.
  public var totalSteps: Int?

  /// Creates a position; by default the start of a training of unknown length.
  public init(step: Int = 0, totalSteps: Int? = nil) {
    self.step = step
    self.totalSteps = totalSteps
  }
}
