import Platform
import VisionTransformer

/// An evaluator and what was set of its options.
public struct EvaluatorChoice: Sendable {
  /// The evaluator with its options.
  public let selection: Selection<any Evaluator.Type>
  /// Whether it has to score; one that was only meant among all may be left out where sets do not suit it.
  public let isRequired: Bool

  /// Chooses an evaluator.
  ///
  /// - Throws: `Failure` for an option that it does not have, or a value out of range.
  public init(
    _ evaluator: any Evaluator.Type, options: [String: JSONValue] = [:], isRequired: Bool = true
  ) throws(Failure) {
    selection = try Registry<any Evaluator.Type>("evaluator", [evaluator]) { $0 }
      .select(Choice(evaluator.name, options: options), at: evaluator.name)
    self.isRequired = isRequired
  }

  /// The evaluator.
  public var evaluator: any Evaluator.Type { selection.type }

  /// Further places that it wants features of.
  public func readouts(of encoder: VisionTransformerConfiguration) -> [FeatureReadout] {
    func readouts<E: Evaluator>(_: E.Type) -> [FeatureReadout] {
      E.readouts(selection.options(of: E.self), of: encoder)
    }
    return readouts(evaluator)
  }

  /// Checks that the evaluator will be able to score sets of such classes.
  ///
  /// - Throws: the `Failure` that it would throw.
  public func check(_ labels: TaskLabels) throws(Failure) {
    func check<E: Evaluator>(_: E.Type) throws(Failure) {
      try E.check(labels, options: selection.options(of: E.self))
    }
    try check(evaluator)
  }

  /// Runs the evaluator with the options that were set, on features and on the baselines' features, by their names.
  ///
  /// - Throws: the evaluator's `Failure`.
  public func measure(
    _ task: EvaluationTask, baselines: [String: EvaluationTask] = [:],
    progress: ProgressHandler = { _, _ in }
  ) throws(Failure) -> Scores {
    func measure<E: Evaluator>(_: E.Type) throws(Failure) -> Scores {
      try Scores.measure(
        E.self, task, baselines: baselines, options: selection.options(of: E.self), progress: progress)
    }
    return try measure(evaluator)
  }

  /// What the evaluator finds by the options that were set, beside no baselines.
  ///
  /// - Throws: the evaluator's `Failure`.
  public func evaluate(
    _ task: EvaluationTask, progress: ProgressHandler = { _, _ in }
  ) throws(Failure) -> any EvaluationResult {
    func evaluate<E: Evaluator>(_: E.Type) throws(Failure) -> any EvaluationResult {
      try E.evaluate(task, options: selection.options(of: E.self), progress: progress)
    }
    return try evaluate(evaluator)
  }
}
