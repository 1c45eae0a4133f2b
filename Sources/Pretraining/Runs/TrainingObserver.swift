import Platform
import Tensors

/// A step that is about to be taken.
struct PendingStep {
  /// Its number, from 1.
  let number: Int
  let batch: any StepSamples
  let learningRate: Double
  /// How far the training is before it.
  let progress: TrainingProgress
}

/// Somebody who sees a training step by step: logs, features, checkpoints, progress. A kind a file.
///
/// Observers are told in the order of the trainer's list, and change nothing that is learnt.
protocol TrainingObserver: AnyObject {
  /// Sees a step before it is taken.
  func willTake(_ step: PendingStep) throws(Failure)
  /// Sees a step that was taken, its loss and gradient finite.
  func didTake(_ step: PendingStep, _ outcome: TrainingStep.Outcome) throws(Failure)
}

extension TrainingObserver {
  func willTake(_ step: PendingStep) throws(Failure) {}
  func didTake(_ step: PendingStep, _ outcome: TrainingStep.Outcome) throws(Failure) {}
}
