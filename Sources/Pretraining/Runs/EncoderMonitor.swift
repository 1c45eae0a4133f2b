import Foundation
import Imaging
import Platform
import Records
import Tensors
import VisionTransformer

/// Scores an encoder that is still being trained: the first number of each evaluator, by its name, larger is better.
public typealias EncoderScoring =
  (_ encoder: VisionTransformer, _ preprocessing: Preprocessing) throws(Failure) -> [String: Double]

/// The evaluations of `train.monitor` in a run: scores go to `monitor.jsonl`, and what scored best is kept.
final class EncoderMonitor {
  private let recipe: MonitorRecipe
  private let totalSteps: Int
  private let scoring: EncoderScoring
  private let checkpoint: Checkpoint
  private let encoder: VisionTransformer
  private let lines: StepLines
  private let log: RunLog
  private var best: Double

  /// Opens the log; what was found up to `step` decides what a later evaluation must beat.
  ///
  /// - Throws: `Failure` when there is no scoring, or the log cannot be read or written.
  init(
    _ recipe: MonitorRecipe, scoring: EncoderScoring?, checkpoint: Checkpoint,
    variants: ModelVariants, totalSteps: Int, resumingAfter step: Int, log: RunLog
  ) throws(Failure) {
    guard let scoring else {
      throw Failure(
        "the recipe wants evaluators to look, and this program has given none", at: "train.monitor",
        mend: "set Trainer.scoring, or leave out train.monitor")
    }
    self.recipe = recipe
    self.scoring = scoring
    self.checkpoint = checkpoint
    self.totalSteps = totalSteps
    let store = ParameterStore()
    store.drawsInitialValues = false
    encoder = try VisionTransformer(checkpoint.configuration, parameters: store, variants: variants)
    lines = try StepLines(checkpoint.folder.monitor, resumingAfter: step)
    self.log = log
    let judge = recipe.evaluators[0]
    best =
      RecordFile.lines(MonitorEvaluation.self, of: checkpoint.folder.monitor).compactMap { $0.scores[judge] }
      .max()
      ?? -.infinity
  }

  /// Completes what a run left undone that was killed, or failed, beside the checkpoint of `step`, just restored: keeps
  /// it where it scored best. Returns whether the evaluation that was due after it is missing.
  static func complete(
    _ recipe: MonitorRecipe, _ checkpoint: Checkpoint, restored step: Int, of totalSteps: Int
  ) throws(Failure) -> Bool {
    guard step > 0 else { return false }
    let judge = recipe.evaluators[0]
    let evaluations = RecordFile.lines(MonitorEvaluation.self, of: checkpoint.folder.monitor).filter {
      $0.step <= step
    }
    let best = evaluations.compactMap { $0.scores[judge] }.max()
    // Of equal scores the first is the best.
    if let best, evaluations.first(where: { $0.scores[judge] == best })?.step == step {
      try checkpoint.completeBest(step: step)
    }
    return recipe.isDue(after: step, of: totalSteps) && evaluations.last?.step != step
  }

  /// Whether an evaluation is due after a step.
  func isDue(after step: Int) -> Bool { recipe.isDue(after: step, of: totalSteps) }

  /// Scores the encoder as it would be exported; whether it is the best so far.
  func evaluate(after step: Int) throws(Failure) -> Bool {
    for (parameter, found) in zip(encoder.parameters.parameters, checkpoint.state.exportedEncoder) {
      parameter.assign(found.tensor.values)
    }
    let scores = try scoring(encoder, checkpoint.preprocessing)
    try lines.append(MonitorEvaluation(step: step, scores: scores))
    try log.append(scores, group: "monitor", step: step)
    guard let score = scores[recipe.evaluators[0]], score > best else { return false }
    best = score
    return true
  }
}
