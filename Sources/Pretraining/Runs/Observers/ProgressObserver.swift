import Datasets

/// How far a run is; told after every step.
public struct TrainingReport: Sendable {
  /// The step, from 1, and the number of all steps.
  public let step, totalSteps: Int
  /// Fractional epoch.
  public let epoch: Double
  /// Loss, smoothed over the last steps.
  public let loss: Double
  /// Over the last steps.
  public let imagesPerSecond: Double
  /// Share of the time over the last steps spent waiting for data.
  public let dataWait: Double
  /// Seconds left at the present rate.
  public let secondsLeft: Double
  /// Files skipped so far.
  public let badImages: Int
  /// The newest measurement of the features; nil before the first of a session.
  public let features: FeatureHealth?
  /// The step before which that was.
  public let featuresStep: Int
}

/// Tells how far the run is.
final class ProgressObserver: TrainingObserver {
  private let plan: TrainingPlan
  private let meter: ProgressMeter
  private let badImages: BadImages
  private let features: FeatureObserver
  private let tell: (TrainingReport) -> Void

  init(
    _ plan: TrainingPlan, _ meter: ProgressMeter, _ badImages: BadImages, _ features: FeatureObserver,
    tell: @escaping (TrainingReport) -> Void
  ) {
    self.plan = plan
    self.meter = meter
    self.badImages = badImages
    self.features = features
    self.tell = tell
  }

  func didTake(_ step: PendingStep, _ outcome: TrainingStep.Outcome) {
    tell(
      TrainingReport(
        step: step.number, totalSteps: plan.totalSteps, epoch: plan.epochs(step.number),
        loss: meter.smoothedLoss, imagesPerSecond: meter.recentImagesPerSecond,
        dataWait: meter.recentDataWait,
        secondsLeft: Double(plan.totalSteps - step.number) * meter.recentSecondsPerStep,
        badImages: badImages.count, features: features.latest, featuresStep: features.latestStep))
  }
}
