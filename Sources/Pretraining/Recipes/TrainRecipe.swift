import Platform
import Tensors

/// The keys under `train:`.
public struct TrainRecipe: Codable, Sendable, Equatable {
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

  /// What `clipNorm` asks for.
  var clipping: GradientClipping? {
    clipNorm.map { GradientClipping(norm: $0, clipsEachParameter: clipsEachParameter) }
  }

  func validate(at place: String) throws(Failure) {
    func require(_ holds: Bool, _ key: String, _ problem: String, _ remedy: String) throws(Failure) {
      if !holds { throw Failure(problem, at: "\(place).\(key)", mend: remedy) }
    }
    let positive = "choose a number above 0"
    try require(
      (1...1 << 20).contains(batchSize), "batchSize", "batchSize is \(batchSize)", "choose 1 … 1048576")
    let epochCount = epochs ?? 1
    try require(
      epochCount > 0 && epochCount <= 1e9, "epochs", "epochs is \(epochCount)",
      "choose a number above 0, up to 1e9")
    try require(steps ?? 1 > 0, "steps", "steps is \(steps ?? 0)", positive)
    try require(
      epochs == nil || steps == nil, "steps", "both epochs and steps are given",
      "keep one of them; null removes a key")
    try require(
      minutes.map { $0 > 0 && $0 <= 1e7 } ?? true, "minutes", "minutes is \(minutes ?? 0)",
      "choose a number above 0, up to 1e7")
    try require(
      epochs == nil || minutes == nil, "minutes", "both epochs and minutes are given",
      "keep one of them; null removes a key")
    try require(
      learningRatePerBatch256 >= 0 && learningRatePerBatch256.isFinite, "learningRatePerBatch256",
      "learningRatePerBatch256 is \(learningRatePerBatch256)", "choose 0 or more; 1.5e-4 is usual for MAE")
    try require(
      (0...1e9).contains(warmupEpochs ?? 0), "warmupEpochs", "warmupEpochs is \(warmupEpochs ?? 0)",
      "choose 0 or more, up to 1e9")
    try require(
      layerDecay.map { $0 > 0 && $0 <= 1 } ?? true, "layerDecay", "layerDecay is \(layerDecay ?? 0)",
      "choose above 0, up to 1; 0.65 … 0.85 is usual")
    try require(clipNorm ?? 1 > 0, "clipNorm", "clipNorm is \(clipNorm ?? 0)", positive)
    try require(
      (0...1).contains(averageMomentum ?? 0), "averageMomentum", "averageMomentum is \(averageMomentum ?? 0)",
      "choose 0 … 1; 0.999 is usual")
    try require(logSteps > 0, "logSteps", "logSteps is \(logSteps)", positive)
    try require(
      checkpointMinutes > 0, "checkpointMinutes", "checkpointMinutes is \(checkpointMinutes)", positive)
    try require(
      checkpointSteps ?? 1 > 0, "checkpointSteps", "checkpointSteps is \(checkpointSteps ?? 0)", positive)
    try monitor?.validate(at: "\(place).monitor")
    try require(healthSteps ?? 1 > 0, "healthSteps", "healthSteps is \(healthSteps ?? 0)", positive)
    try require(
      featureSteps >= 0, "featureSteps", "featureSteps is \(featureSteps)", "choose 1 or more, or 0 for never"
    )
  }
}
