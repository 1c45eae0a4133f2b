import Platform
import Tensors

/// The keys under `train:`.
public struct TrainRecipe: RangedKeys, Equatable {
  /// Samples an optimiser step.
  public var batchSize = 256
  /// Passes over the data; absent: 100, unless `steps` or `minutes` are given.
  public var epochs: Double?
  /// Optimiser steps, instead of epochs.
  public var steps: Int?
  /// Minutes that training may take, instead of epochs. The speed is measured before the first step, and the steps that
  /// fit are written as `steps` beside it: where both are given, it is the steps that count.
  public var minutes: Double?
  /// Peak learning rate for a batch of 256; the rate used is this × batchSize / 256 (Goyal et al., 2017).
  public var learningRatePerBatch256 = 1.5e-4
  /// Learning rate at the end.
  public var minimumLearningRate = 0.0
  /// Epochs of linear warm-up; absent: a tenth of the run, at most 40.
  public var warmupEpochs: Double?
  /// Which of the encoder's parameters training moves: `full`, `head` (none of them), `norms` or `attention`. What the
  /// objective adds is always trained.
  public var trainable = TrainedParts.full
  /// γ of layer-wise decay: γ^(L + 1 − i) is the share of the learning rate, i = 0 for the patch embedding, tokens and
  /// positions, 1 … L for the blocks, L + 1 for what follows them; absent: all layers learn at the same rate.
  public var layerDecay: Double?
  /// Whether weight decay pulls on class token, registers, mask token and a table of positions; fine-tuning leaves them
  /// alone.
  public var decaysTokens = true
  /// Largest norm of the gradient; absent: no clipping.
  public var clipNorm: Double?
  /// Whether `clipNorm` is that of each parameter's gradient and not of the whole.
  public var clipsEachParameter = false
  /// Passes that each lane splits its share of the batch into; `auto`: passes just large enough to run at full speed.
  public var accumulation = AutomaticCount.auto
  /// Activations that the backward pass computes again to save memory: `none`, `attention` or `block`.
  public var recompute = Recompute.none
  /// Momentum of the moving average of the weights; absent: no average.
  public var averageMomentum: Double?
  /// A weights file whose encoder, and whose decoder or heads if they are of the same objective, training starts from;
  /// absent: initial weights by the seed.
  public var initialWeights: String?
  /// The seed of initial weights, data order, crops and masks.
  public var seed: UInt64 = 0
  /// Lanes, or `auto` for one a core.
  public var lanes = AutomaticCount.auto
  /// Steps between lines of `metrics.jsonl`.
  public var logSteps = 10
  /// Minutes between checkpoints.
  public var checkpointMinutes = 10.0
  /// Steps between checkpoints, instead of minutes.
  public var checkpointSteps: Int?
  /// Steps between lines of `health.jsonl`, which tell how each block fares; absent: none are written.
  public var healthSteps: Int?
  /// Steps between looks at the features, whose findings are in `metrics.jsonl` and the progress line and make the
  /// warnings of a run; 0: none.
  public var featureSteps = 100
  /// Evaluators that look at the encoder now and then; absent: none do.
  public var monitor: MonitorRecipe?
  /// The defaults.
  public init() {}

  /// Whether the number of steps is still to be measured.
  public var isUnmeasured: Bool { minutes != nil && steps == nil }

  /// What each number may be.
  public static let ranges: [String: KeyRange] = [
    "batchSize": .from(1, to: 1_048_576), "epochs": .above(0, to: 1e9), "steps": .count,
    "minutes": .above(0, to: 1e7),
    "learningRatePerBatch256": .from(0, to: 1e38), "minimumLearningRate": .from(0, to: 1000),
    "warmupEpochs": .from(0, to: 1e9), "layerDecay": .above(0, to: 1), "clipNorm": .above(0, to: 1e12),
    "accumulation": .from(1, to: 1024), "averageMomentum": .share, "lanes": .from(1, to: 1024),
    "logSteps": .count, "checkpointMinutes": .above(0, to: 1e9), "checkpointSteps": .count,
    "healthSteps": .count, "featureSteps": .from(0, to: 0x1p53),
  ]

  /// What `clipNorm` asks for.
  var clipping: GradientClipping? {
    clipNorm.map { GradientClipping(norm: $0, clipsEachParameter: clipsEachParameter) }
  }

  func validate() throws(Failure) {
    try requireRanges(usual: .encoding(TrainRecipe()))
    guard epochs == nil || steps == nil else {
      throw Failure(
        "both epochs and steps are given", at: "steps", mend: "keep one of them; null removes a key")
    }
    guard epochs == nil || minutes == nil else {
      throw Failure(
        "both epochs and minutes are given", at: "minutes",
        mend: "keep one of them; null removes a key")
    }
    try located("monitor") { () throws(Failure) in try monitor?.validate() }
  }
}
