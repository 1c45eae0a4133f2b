import Platform
import Tensors

/// Writes `health.jsonl` of a run: a line for its first step and for every `interval`-th.
final class HealthLog {
  private let probe: HealthProbe
  private let lines: StepLines
  private let interval: Int

  /// Opens the log of a run that goes on after `step`.
  ///
  /// - Throws: `Failure` when a file cannot be written or read.
  init(_ folder: RunFolder, resumingAfter step: Int, interval: Int, probe: HealthProbe) throws(Failure) {
    lines = try StepLines(folder.health, resumingAfter: step)
    self.interval = interval
    self.probe = probe
  }

  /// Runs a step, and looks at the blocks meanwhile when its line is due.
  ///
  /// - Throws: `Failure` when the line cannot be written.
  func running(
    _ batch: any StepSamples, _ progress: TrainingProgress, of trainer: TrainingStep,
    _ step: () -> TrainingStep.Outcome
  ) throws(Failure) -> TrainingStep.Outcome {
    guard progress.step == 0 || (progress.step + 1) % interval == 0 else { return step() }
    let (outcome, health) = probe.look(at: batch, progress, of: trainer, running: step)
    if let health { try lines.append(health) }
    return outcome
  }
}
