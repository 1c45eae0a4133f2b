import Platform
import Tensors

/// Looks at the features of a run at its first step, at every `train.featureSteps`-th and at its last, and warns.
final class FeatureObserver: TrainingObserver {
  /// What was measured last in this session.
  private(set) var latest: FeatureHealth?
  /// The step before which that was.
  private(set) var latestStep = 0

  private let probe: FeatureProbe
  private let interval: Int
  private let totalSteps: Int
  private let warn: (HealthWarning) -> Void
  private var watch: CollapseWatch
  private var list: WarningList

  /// Opens the warnings of a run.
  ///
  /// - Throws: `Failure` when `warnings.txt` cannot be read.
  init(
    _ folder: RunFolder, of plan: TrainingPlan, resuming: Bool, warn: @escaping (HealthWarning) -> Void
  ) throws(Failure) {
    list = try WarningList(folder.warnings, resuming: resuming)
    watch = CollapseWatch(
      totalSteps: plan.totalSteps, warmupSteps: plan.resolved.warmupSteps, said: list.kinds)
    interval = plan.recipe.train.featureSteps
    totalSteps = plan.totalSteps
    probe = FeatureProbe(objective: plan.objective, encoder: plan.encoder, trainer: plan.step)
    self.warn = warn
  }

  /// What was seen at the batch of a step, before it was taken; nil where nothing was due.
  func features(before step: PendingStep) -> FeatureHealth? { latestStep == step.number ? latest : nil }

  func willTake(_ step: PendingStep) {
    guard interval > 0, step.number == 1 || step.number % interval == 0 || step.number == totalSteps else {
      return
    }
    (latest, latestStep) = (probe.measure(step.batch, step.progress), step.number)
  }

  func didTake(_ step: PendingStep, _ outcome: TrainingStep.Outcome) throws(Failure) {
    guard let measured = features(before: step) else { return }
    let found = watch.judge(
      measured, loss: outcome.loss, learningRate: step.learningRate, step: step.number)
    for warning in found { try list.append(warning) }
    for warning in found { warn(warning) }
  }
}
