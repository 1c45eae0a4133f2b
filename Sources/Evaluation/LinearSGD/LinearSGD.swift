import Platform
import VisionTransformer

/// The linear probe as papers train it: softmax heads on frozen features by stochastic gradient descent, in one of two
/// protocols. See `GridProtocol` (DINOv2) and `NormalizedHeadProtocol` (MAE).
public enum LinearSGD: Evaluator {
  /// What can be set.
  public typealias Options = LinearSGDOptions

  /// `linearSGD`.
  public static let name = "linearSGD"
  /// What it measures, in one line.
  public static let summary =
    "linear heads trained by SGD: DINOv2's grid of heads, or MAE's head with batch norm"
  /// Where the protocols come from.
  public static let source = "Oquab et al., 2023 (DINOv2); He et al., 2021 (MAE)"

  /// Scores the test set; see the protocols.
  ///
  /// - Throws: `Failure` when a set is missing or has no labels, the widths differ, train has one class only, images are
  ///   to be augmented where there are none, or every head diverged.
  public static func evaluate(
    _ task: EvaluationTask, options: LinearSGDOptions, progress: ProgressHandler
  ) throws(Failure) -> LinearSGDResult {
    try evaluate(task, options: options, threads: MachineCapacity.coreCount, progress: progress)
  }

  package static func evaluate(
    _ task: EvaluationTask, options: LinearSGDOptions, threads: Int, progress: ProgressHandler = { _, _ in }
  ) throws(Failure) -> LinearSGDResult {
    try located(name) { () throws(Failure) in try options.check() }
    let classes = try ClassificationTask(task, for: self)
    switch options.protocol {
    case .dinov2:
      return try GridProtocol(options: options, threads: threads).evaluate(task, classes, progress)
    case .mae:
      return try NormalizedHeadProtocol(options: options, threads: threads).evaluate(task, classes, progress)
    }
  }

  /// Images where passes over them are augmented, a test set, and classes that both share.
  public static func check(_ labels: TaskLabels, options: LinearSGDOptions) throws(Failure) {
    guard labels.hasImages || options.protocol != .mae || options.augmentedPasses == 0 else {
      throw NormalizedHeadProtocol.missingImages(at: labels.train.origin)
    }
    try requireTest(labels)
    _ = try ClassificationTask(train: labels.train, test: labels.measured)
  }

  /// DINOv2: the last blocks and the mean of the patches, where more than the encoder's own place is wanted. MAE: the
  /// encoder's own place where images are augmented, since raw pixels are not.
  public static func readouts(
    _ options: LinearSGDOptions, of encoder: VisionTransformerConfiguration
  ) -> [FeatureReadout] {
    switch options.protocol {
    case .dinov2: HeadInput.readouts(options, of: encoder)
    case .mae: options.augmentedPasses > 0 ? [encoder.readout] : []
    }
  }
}
