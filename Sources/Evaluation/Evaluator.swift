import Platform

/// Receives how far an evaluation is: what it is doing, and the share done from 0 to 1.
public typealias ProgressHandler = (_ stage: String, _ fraction: Double) -> Void

/// A way to score features: it learns from train features and is measured on test features.
///
/// An evaluator is a pure function of its arguments. Baselines are the same evaluator on other features
/// (raw pixels, a randomly initialised encoder) and, for `chance`, on none. To add one: conform in a new
/// file and append the type to `Evaluators.all`.
public protocol Evaluator: Variant, Sendable {
  /// Settings, with defaults for every key that is not given.
  associatedtype Options: Codable & Sendable
  /// What is measured.
  associatedtype Result: EvaluationResult

  /// The default options.
  static var defaults: Options { get }

  /// Scores `test` after learning from `train`. The test set is used once, after every choice is made.
  ///
  /// - Throws: `Failure` when the features do not suit the evaluator or an option is out of range.
  static func evaluate(
    train: Features, test: Features, options: Options, progress: ProgressHandler
  ) throws(Failure) -> Result

  /// What an evaluator that ignores the features would score.
  ///
  /// - Throws: `Failure` when the features do not suit the evaluator.
  static func chance(train: Features, test: Features) throws(Failure) -> Double
}

extension Evaluator {
  /// The share of the most frequent train class among the test rows (`ClassificationTask.chance`).
  public static func chance(train: Features, test: Features) throws(Failure) -> Double {
    try ClassificationTask(train: train, test: test).chance
  }
}

/// What an evaluator measured; its encoding is an entry of the JSON that `vitrail evaluate` writes.
public protocol EvaluationResult: Codable, Sendable {
  /// The part shown when this result is a baseline beside another one.
  associatedtype Baseline: Codable & Sendable

  /// The part shown when this result is a baseline beside another one.
  var baseline: Baseline { get }
  /// The one number for tables and plots; larger is better.
  var score: Double { get }
}
