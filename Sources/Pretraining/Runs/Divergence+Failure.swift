import Foundation
import Platform
import Records

extension Divergence {
  /// Finds what a step diverged in and writes it down; returns what ends the run.
  static func failure(
    at step: PendingStep, _ outcome: TrainingStep.Outcome, of plan: TrainingPlan, in folder: RunFolder
  ) throws(Failure) -> Failure {
    let found = Divergence(step: step.number, first: plan.step.firstNonFinite(in: step.batch, step.progress))
    try RecordFile.write(found, to: folder.divergence)
    let last = FileManager.default.fileExists(atPath: folder.lastCheckpoint.path)
    let clip =
      plan.recipe.train.clipNorm.map { "train.clipNorm, which is \($0)," } ?? "set train.clipNorm: 1,"
    return Failure(
      "step \(step.number) is not finite (loss \(outcome.loss)); first in \(found.first)",
      at: folder.url.path,
      mend: "lower train.learningRatePerBatch256 or \(clip) and start again"
        + (last ? "; the last good checkpoint is \(folder.lastCheckpoint.path)" : ""))
  }
}
