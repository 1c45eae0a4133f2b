import Platform

/// Saves every `train.checkpointSteps` steps, or every `train.checkpointMinutes` minutes; the trainer saves the last step.
final class CheckpointObserver: TrainingObserver {
  private let train: TrainRecipe
  private let totalSteps: Int
  private let writer: CheckpointWriter

  init(_ plan: TrainingPlan, _ writer: CheckpointWriter) {
    train = plan.recipe.train
    totalSteps = plan.totalSteps
    self.writer = writer
  }

  func didTake(_ step: PendingStep, _ outcome: TrainingStep.Outcome) throws(Failure) {
    // The monitor may have saved it as the best so far.
    guard step.number < totalSteps, writer.lastStep != step.number else { return }
    let isDue =
      train.checkpointSteps.map { step.number % $0 == 0 }
      ?? (Clock.seconds - writer.lastTime >= train.checkpointMinutes * 60)
    if isDue { try writer.save(after: step.number) }
  }
}
