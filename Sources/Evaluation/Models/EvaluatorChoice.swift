import Platform
import VisionTransformer

/// An evaluator and what was set of its options.
public struct EvaluatorChoice: Sendable {
  /// The evaluator.
  public let evaluator: any Evaluator.Type
  /// What was set of its options.
  public let options: Choice
  /// Whether it has to score; one that was only meant among all may be left out where sets do not suit it.
  public let isRequired: Bool

  /// Chooses an evaluator.
  ///
  /// - Throws: `Failure` for an option that it does not have, or a value out of range.
  public init(
    _ evaluator: any Evaluator.Type, options: [String: JSONValue] = [:], isRequired: Bool = true
  ) throws(Failure) {
    self.evaluator = evaluator
    self.options = Choice(evaluator.name, options: options)
    self.isRequired = isRequired
    func check<E: Evaluator>(_: E.Type) throws(Failure) { _ = try decoded(E.self) }
    try check(evaluator)
  }

  /// Further places that it wants features of.
  public func readouts(of encoder: VisionTransformerConfiguration) throws(Failure) -> [FeatureReadout] {
    func readouts<E: Evaluator>(_: E.Type) throws(Failure) -> [FeatureReadout] {
      E.readouts(try decoded(E.self), of: encoder)
    }
    return try readouts(evaluator)
  }

  /// Checks that the evaluator will be able to score sets of such classes.
  ///
  /// - Throws: the `Failure` that it would throw.
  public func check(_ labels: TaskLabels) throws(Failure) {
    func check<E: Evaluator>(_: E.Type) throws(Failure) { try E.check(labels, options: try decoded(E.self)) }
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
        E.self, task, baselines: baselines, options: try decoded(E.self), progress: progress)
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
      try E.evaluate(task, options: try decoded(E.self), progress: progress)
    }
    return try evaluate(evaluator)
  }

  private func decoded<E: Evaluator>(_: E.Type) throws(Failure) -> E.Options {
    try options.decodeOptions(E.Options.self, at: E.name)
  }
}
