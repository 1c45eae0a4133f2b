import Datasets
import Platform
import VisionTransformer

/// One session of a run: its loader, its checkpoints and those who see its steps.
struct TrainingSession {
  /// Who is told what happens.
  struct Listeners {
    let note: (String) -> Void
    let warning: (HealthWarning) -> Void
    let checkpoint: (_ step: Int) -> Void
    let report: (TrainingReport) -> Void
  }

  let loader: TrainingLoader
  let writer: CheckpointWriter
  /// In the order in which they are told.
  let observers: [any TrainingObserver]
  private let missingEvaluation: MonitorObserver?
  private let start: SessionStart

  /// Opens logs and starts to load.
  ///
  /// - Throws: `Failure` when a file cannot be read or written, or the monitor's evaluators are missing.
  init(
    _ plan: TrainingPlan, _ checkpoint: Checkpoint, _ start: SessionStart, scoring: EncoderScoring?,
    tell: Listeners
  ) throws(Failure) {
    let (folder, train) = (checkpoint.folder, plan.recipe.train)
    let log = try RunLog(folder, resumingAfter: start.step)
    let features = try FeatureObserver(folder, of: plan, resuming: start.resuming, warn: tell.warning)
    let monitor = try train.monitor.map { (wanted) throws(Failure) in
      try EncoderMonitor(
        wanted, scoring: scoring, checkpoint: checkpoint, variants: plan.variants.model,
        totalSteps: plan.totalSteps, resumingAfter: start.step, log: log)
    }
    let badImages = try BadImages(
      in: plan.source, file: folder.badImages, maximumShare: plan.recipe.data.maxBad)
    loader = try plan.makeLoader(steps: start.step..<plan.totalSteps, badImages: badImages)
    let meter = ProgressMeter(batchSize: train.batchSize, start: Clock.seconds, open: start.open)
    writer = CheckpointWriter(checkpoint, start, meter, tell: tell.checkpoint)
    missingEvaluation = monitor.map { [writer] in MonitorObserver($0, writer, meter) }
    self.start = start
    var observers: [any TrainingObserver] = []
    if let interval = train.healthSteps { observers.append(HealthObserver(plan, folder, every: interval)) }
    observers.append(
      MetricsObserver(plan, log, meter, loader, features, earlierSeconds: start.seconds))
    observers.append(features)
    observers.append(ProgressObserver(plan, meter, badImages, features, tell: tell.report))
    if let missingEvaluation { observers.append(missingEvaluation) }
    observers.append(CheckpointObserver(plan, writer))
    self.observers = observers
  }

  /// Does what an earlier session left undone.
  func begin() throws(Failure) {
    if start.isEvaluationMissing { try missingEvaluation?.evaluate(after: start.step) }
  }
}
