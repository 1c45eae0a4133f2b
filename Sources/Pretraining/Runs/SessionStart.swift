import Datasets
import Foundation
import Platform
import Records

/// Where a session of training begins: at step 0, or at the newest checkpoint of its folder.
struct SessionStart {
  /// The last step that was done.
  let step: Int
  /// Training seconds of earlier sessions.
  let seconds: Double
  /// What the checkpoint tells besides: the interval of the log that was open.
  let open: [String: String]
  /// Whether `train.monitor` is still to evaluate after that step.
  let isEvaluationMissing: Bool
  /// Whether the session goes on with a run, be it one that has no checkpoint yet.
  let resuming: Bool
  /// What the checkpoints of this session tell of the images.
  let images: String

  /// Restores the plan's state when `resuming`, and writes what the folder is to say of the run.
  ///
  /// - Throws: `Failure` when the run may not go on so, or the folder cannot be written.
  init(
    _ plan: TrainingPlan, _ checkpoint: Checkpoint, _ check: ResumeCheck, resuming: Bool
  ) throws(Failure) {
    let folder = checkpoint.folder
    self.resuming = resuming
    try folder.create()
    if resuming {
      for damage in try folder.setDamagedCheckpointsAside() {
        check.note(
          "a checkpoint is passed over and the one before it taken: \(damage.problem) · \(damage.place)")
      }
    }
    let restored = resuming ? try checkpoint.restore(check.checkRecipe) : nil
    step = restored?.step ?? 0
    seconds = restored?.seconds ?? 0
    open = restored?.metadata ?? [:]
    if restored == nil { try plan.loadInitialWeights() }
    if !resuming { try AtomicFile.write(Data(RecipeFile.text(plan.recipe).utf8), to: folder.recipe) }
    let (step, total) = (step, plan.totalSteps)
    isEvaluationMissing =
      try plan.recipe.train.monitor.map { (wanted) throws(Failure) in
        try EncoderMonitor.complete(wanted, checkpoint, restored: step, of: total)
      } ?? false
    guard step < total || isEvaluationMissing else {
      images = ""
      return
    }
    try folder.record(checkpoint.provenance, resuming: resuming)
    let roots = plan.recipe.data.mix?.map(\.path)
    let listing = try restored.map { (restored) throws(Failure) in
      try check.checkImages(restored.metadata, step: step, at: plan.source.path) {
        DataListing(of: plan.source, roots: roots, comparableWith: $0)
      }
    }
    let now = listing ?? DataListing(of: plan.source, roots: roots)
    try RecordFile.write(now, to: folder.images)
    try RecordFile.write(DataRecord(of: plan.source), to: RunFile.data.url(in: folder.url))
    images = JSONValue.encoding(now.summary).text
    try? FileManager.default.removeItem(at: folder.divergence)
  }
}
