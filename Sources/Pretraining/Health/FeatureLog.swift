import Platform
import Tensors

/// Looks at the features of a run at its first step, at every `train.featureSteps`-th and at its last, and warns.
final class FeatureLog {
  /// The newest look of this session.
  private(set) var latest: FeatureHealth?
  /// The step of that look.
  private(set) var latestStep = 0

  private let probe: FeatureProbe
  private let interval: Int
  private let totalSteps: Int
  private var watch: CollapseWatch
  private var list: WarningList

  /// Opens the log of a run; `interval` 0 means never to look, and `warmupSteps` is for the watch.
  ///
  /// - Throws: `Failure` when `warnings.txt` cannot be read.
  init(
    _ folder: RunFolder, resuming: Bool, interval: Int, totalSteps: Int, warmupSteps: Int, probe: FeatureProbe
  ) throws(Failure) {
    list = try WarningList(folder.warnings, resuming: resuming)
    watch = CollapseWatch(totalSteps: totalSteps, warmupSteps: warmupSteps, said: list.kinds)
    self.interval = interval
    self.totalSteps = totalSteps
    self.probe = probe
  }

  /// Looks at the batch of a step that is about to be taken; nil when none is due.
  func look(at batch: any StepSamples, _ progress: TrainingProgress) -> FeatureHealth? {
    let step = progress.step + 1
    guard interval > 0, step == 1 || step % interval == 0 || step == totalSteps else { return nil }
    (latest, latestStep) = (probe.look(at: batch, progress), step)
    return latest
  }

  /// The warnings that a look gives after its step, each written down.
  ///
  /// - Throws: `Failure` when `warnings.txt` cannot be written.
  func judge(
    _ health: FeatureHealth, loss: Double, learningRate: Double, step: Int
  ) throws(Failure) -> [HealthWarning] {
    let found = watch.judge(health, loss: loss, learningRate: learningRate, step: step)
    for warning in found { try list.append(warning) }
    return found
  }
}
