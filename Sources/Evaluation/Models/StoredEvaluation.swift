import Foundation
import Platform
import Records

/// Chosen evaluators on features that were stored.
public struct StoredEvaluation: Sendable {
  private let train: Features
  private let test: Features?

  /// Reads what `FeatureFiles` wrote.
  ///
  /// - Throws: `Failure` when a folder cannot be read, or both are not of one encoder.
  public init(train: URL, test: URL?) throws(Failure) {
    self.train = try FeatureFiles.read(train)
    self.test = try test.map { (url) throws(Failure) in try FeatureFiles.read(url) }
    if let test { try FeatureOrigin.requireSame(train, test) }
  }

  /// The classes of both sets.
  public var labels: TaskLabels {
    TaskLabels(train: train.rowLabels, test: test?.rowLabels, hasImages: false)
  }

  /// The scores of the features that lie at `place`; nil where no evaluator gave one.
  ///
  /// - Throws: `Failure` when the features cannot be decomposed.
  public func run(
    _ choices: [EvaluatorChoice], place: String, progress: ProgressHandler = { _, _ in }
  ) throws(Failure) -> (report: EvaluationReport?, failures: EvaluatorFailures) {
    let task = EvaluationTask(train: train, test: test)
    var scores: [Scores] = []
    var failures = EvaluatorFailures()
    for choice in choices {
      failures.collect(choice.evaluator.name) { () throws(Failure) in
        scores.append(try choice.measure(task, progress: progress))
      }
    }
    guard !scores.isEmpty else { return (nil, failures) }
    let report = EvaluationReport(
      weights: place, train: .init(train), test: test.map { .init($0) }, scores: scores,
      directions: try UsedDirections(task))
    return (report, failures)
  }
}
