import Platform
import VisionTransformer

/// The features that an evaluator works on: of sets in which some rows have a class, those rows.
public struct EvaluationTask: Sendable {
  /// Features of a train and a test set; no test set where one set is all there is.
  public typealias Sets = (train: Features, test: Features?)

  /// What is learned from.
  public let train: Features
  /// What is measured on; nil where one set is all there is.
  public let test: Features?
  /// The same images at the further places that the evaluator asked for.
  public let readouts: [FeatureReadout: Sets]
  /// The train images seen through the augmentation of a pass, from 0; nil for features that no images stand behind.
  public let augmentedTrain: AugmentedFeatures?
  /// What an evaluator that needs no classes is measured on: all rows of the test set, or of the only one.
  public let everyMeasured: Features

  /// Gives the features of one augmented pass over the train images, rows as in `train`: those at the encoder's own
  /// place, then those at `readouts`.
  public typealias AugmentedFeatures =
    @Sendable (_ pass: Int, _ readouts: [FeatureReadout], _ progress: ProgressHandler) throws(Failure) ->
    [Features]

  /// Creates a task; rows without a class are left out of sets in which others have one.
  public init(
    train: Features, test: Features?, readouts: [FeatureReadout: Sets] = [:],
    augmentedTrain: AugmentedFeatures? = nil
  ) {
    self.train = train.labelled
    self.test = test?.labelled
    self.readouts = readouts.mapValues { ($0.train.labelled, $0.test?.labelled) }
    everyMeasured = test ?? train
    guard let rows = train.rowLabels.labelledRows, let augmentedTrain else {
      self.augmentedTrain = augmentedTrain
      return
    }
    self.augmentedTrain = { pass, readouts, progress throws(Failure) in
      try augmentedTrain(pass, readouts, progress).map { $0.gathered(rows) }
    }
  }

  /// The test features.
  ///
  /// - Throws: `Failure` when there are none.
  public func requireTest(for evaluator: any Evaluator.Type) throws(Failure) -> Features {
    guard let test else {
      throw evaluator.missingTest(at: train.origin)
    }
    return test
  }
}

extension EvaluationTask {
  /// What an evaluator that learns nothing is measured on: the test features, or those there are.
  public var measured: Features { test ?? train }
}
