import Datasets
import Platform
import Records

/// Writes `metrics.jsonl` and the TensorBoard file: a line every `train.logSteps` steps, at the last, and at every measurement of
/// the features.
final class MetricsObserver: TrainingObserver {
  private let plan: TrainingPlan
  private let log: RunLog
  private let meter: ProgressMeter
  private let loader: TrainingLoader
  private let features: FeatureObserver
  private let earlierSeconds: Double

  init(
    _ plan: TrainingPlan, _ log: RunLog, _ meter: ProgressMeter, _ loader: TrainingLoader,
    _ features: FeatureObserver, earlierSeconds: Double
  ) {
    self.plan = plan
    self.log = log
    self.meter = meter
    self.loader = loader
    self.features = features
    self.earlierSeconds = earlierSeconds
  }

  func didTake(_ step: PendingStep, _ outcome: TrainingStep.Outcome) throws(Failure) {
    meter.record(loss: outcome.loss, waitSeconds: loader.waitSeconds)
    let measured = features.features(before: step)
    let isLast = step.number == plan.totalSteps
    guard step.number % plan.recipe.train.logSteps == 0 || isLast || measured != nil else { return }
    let interval = meter.closeInterval()
    var line = MetricsLine(step: step.number)
    (line[.epoch], line[.seconds]) = (plan.epochs(step.number), earlierSeconds + meter.seconds)
    (line[.loss], line[.learningRate]) = (interval.loss, step.learningRate)
    line[.gradNorm] = outcome.gradientNorm
    (line[.imagesPerSecond], line[.dataWait]) = (interval.imagesPerSecond, interval.dataWait)
    if let measured { line.add(measured) }
    try log.append(line)
  }
}
