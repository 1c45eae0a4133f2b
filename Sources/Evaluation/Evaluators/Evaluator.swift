import Platform
import VisionTransformer

/// Receives how far an evaluation is: what it is doing, and the share done from 0 to 1.
public typealias ProgressHandler = (_ stage: String, _ fraction: Double) -> Void

/// A way to score features: it learns from train features and is measured on test features.
///
/// An evaluator is a pure function of its arguments. Baselines are the same evaluator on other features
/// (raw pixels, a randomly initialised encoder) and, for `chance`, on none. To add one: conform in a new
/// file and append the type to `Evaluators.all`.
public protocol Evaluator: Variant, Sendable {
  /// What is measured.
  associatedtype Result: EvaluationResult

  /// Scores the test features after learning from the train features. The test set is used once, after every choice
  /// is made.
  ///
  /// - Throws: `Failure` when the features do not suit the evaluator.
  static func evaluate(
    _ task: EvaluationTask, options: Options, progress: ProgressHandler
  ) throws(Failure) -> Result

  /// What an evaluator that ignores the features would score; nil where that says nothing.
  ///
  /// - Throws: `Failure` when the features do not suit the evaluator.
  static func chance(_ task: EvaluationTask) throws(Failure) -> Double?

  /// Further places that features are wanted of, all of the same pass over the images; none by default. Features that
  /// are not an encoder's have none, so such an evaluator has no raw-pixel baseline.
  static func readouts(_ options: Options, of encoder: VisionTransformerConfiguration) -> [FeatureReadout]

  /// Whether it can do without a test set, as those can that learn nothing and those that leave one out.
  static var worksOnOneSet: Bool { get }

  /// Whether it cannot do without classes.
  static var needsLabels: Bool { get }

  /// Checks that it will be able to score such sets, before any feature of them is computed.
  ///
  /// - Throws: the `Failure` that `evaluate` would throw.
  static func check(_ labels: TaskLabels, options: Options) throws(Failure)
}

extension Evaluator {
  /// The share of the most frequent train class among the test rows (`ClassificationTask.chance`).
  public static func chance(_ task: EvaluationTask) throws(Failure) -> Double? {
    try ClassificationTask(task, for: Self.self).chance
  }

  /// None.
  public static func readouts(
    _ options: Options, of encoder: VisionTransformerConfiguration
  ) -> [FeatureReadout] { [] }

  /// A test set is wanted.
  public static var worksOnOneSet: Bool { false }

  /// Classes are needed.
  public static var needsLabels: Bool { true }

  /// A test set where one is wanted, and classes that both sets share where they are needed.
  public static func check(_ labels: TaskLabels, options: Options) throws(Failure) {
    try requireTest(labels)
    if needsLabels { _ = try ClassificationTask(train: labels.train, test: labels.measured) }
  }

  /// Refuses one set where two are wanted.
  static func requireTest(_ labels: TaskLabels) throws(Failure) {
    guard labels.test != nil || worksOnOneSet else { throw missingTest(at: labels.train.origin) }
  }

  /// What is thrown where a test set is missing.
  static func missingTest(at place: String) -> Failure {
    Failure(
      "\(name) wants a test set beside the train set", at: place,
      mend: "give --test PATH, or hold out a part with --hold-out 0.2")
  }
}
