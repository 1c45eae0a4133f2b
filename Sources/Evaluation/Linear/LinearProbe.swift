import Platform

/// The linear probe: multinomial logistic regression on frozen features.
///
/// 1. Features are standardised by the train set's mean and standard deviation.
/// 2. A tenth of every train class is held out (`heldOutShare`, `seed`). On at most `selectionRows` of the
///    other rows the penalties are tried from strong to weak, each fit starting from the one before and
///    stopping at a hundred times the final fit's tolerances. The path ends early once held-out accuracy is
///    more than two standard errors, √(p(1−p)/n), below its best. The most accurate penalty is chosen; of
///    equals the strongest. When no class has two rows, nothing can be held out and the middle penalty is
///    taken.
/// 3. All train rows are fitted at that penalty, and the test set is scored, once.
public enum LinearProbe: Evaluator {
  /// What can be set.
  public typealias Options = LinearProbeOptions

  /// `linear`.
  public static let name = "linear"
  /// Other names for it.
  public static let aliases = ["linearProbe", "logisticRegression"]
  /// What it measures, in one line.
  public static let summary =
    "multinomial logistic regression on standardised features, λ chosen on held-out train rows"
  /// Where the protocol comes from.
  public static let source =
    "logistic-regression evaluation of Radford et al., 2021 (CLIP) and Oquab et al., 2023"
  /// Scores `test`; see the type for the protocol.
  ///
  /// - Throws: `Failure` when a set is missing or has no labels, the widths differ, or train has one class only.
  public static func evaluate(
    _ task: EvaluationTask, options: LinearProbeOptions, progress: ProgressHandler
  ) throws(Failure) -> LinearProbeResult {
    try evaluate(task, options: options, threads: MachineCapacity.coreCount, progress: progress)
  }

  package static func evaluate(
    _ given: EvaluationTask, options: LinearProbeOptions, threads: Int,
    progress: ProgressHandler = { _, _ in }
  ) throws(Failure) -> LinearProbeResult {
    try located(name) { () throws(Failure) in try options.check() }
    let (train, test) = (given.train, try given.requireTest(for: self))
    let task = try ClassificationTask(train: train, test: test)
    let fit = LinearProbeFit(
      values: train.values, labels: task.trainLabels, classCount: task.classCount, options, threads: threads
    ) { progress($0, 0.98 * $1) }
    progress("scoring the test set", 0.98)
    return LinearProbeResult(
      scores: ClassificationScores(probabilities: fit.probabilities(of: test.values), task), l2: fit.l2,
      candidates: fit.candidates, iterations: fit.model.iterations, converged: fit.model.converged)
  }
}
