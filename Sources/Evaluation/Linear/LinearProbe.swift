import Datasets
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
  /// `linear`.
  public static let name = "linear"
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
    try evaluate(task, options: options, threads: defaultThreadCount, progress: progress)
  }

  package static func evaluate(
    _ given: EvaluationTask, options: LinearProbeOptions, threads: Int,
    progress: ProgressHandler = { _, _ in }
  ) throws(Failure) -> LinearProbeResult {
    try options.validate(at: name)
    let (train, test) = (given.train, try given.requireTest(for: self))
    let task = try ClassificationTask(train: train, test: test)
    let standardizer = Standardizer(
      values: train.values, count: train.count, width: train.width, threads: threads)
    let values = standardizer.apply(to: train.values)
    let bound = CurvatureBound(
      values: values, width: train.width, classCount: task.classCount, threads: threads)
    let selection = select(values, task, options, bound, threads: threads, progress: progress)

    progress("fitting all rows at λ = \(selection.l2)", 0.6)
    let objective = SoftmaxObjective(
      values: values, labels: task.trainLabels, width: train.width, classCount: task.classCount,
      l2: selection.l2, threads: threads)
    var method = LimitedMemoryBFGS()
    method.maximumIterations = options.maximumIterations
    let model = LogisticRegression.fit(objective, bound: bound, start: selection.model, method: method)

    progress("scoring the test set", 0.98)
    let logits = model.logits(of: standardizer.apply(to: test.values))
    let probabilities = ClassificationScores.softmax(logits, classes: task.classCount)
    return LinearProbeResult(
      scores: ClassificationScores(probabilities: probabilities, task), l2: selection.l2,
      candidates: selection.candidates, iterations: model.iterations, converged: model.converged)
  }

  private struct Selection {
    var l2: Double
    var model: LogisticRegression?
    var candidates: [LinearProbeResult.Candidate] = []
  }

  private static func select(
    _ values: [Float], _ task: ClassificationTask, _ options: LinearProbeOptions, _ bound: CurvatureBound,
    threads: Int, progress: ProgressHandler
  ) -> Selection {
    let path = Set(options.l2).sorted(by: >)
    let split = StratifiedSplit(
      labels: task.trainLabels, classCount: task.classCount, share: options.heldOutShare,
      fitLimit: options.selectionRows, seed: options.seed)
    guard path.count > 1, !split.heldOut.isEmpty else { return Selection(l2: path[path.count / 2]) }

    let width = values.count / task.trainLabels.count
    let heldOut = rows(split.heldOut, of: values, width: width)
    let heldOutLabels = split.heldOut.map { task.trainLabels[$0] }
    var objective = SoftmaxObjective(
      values: rows(split.fit, of: values, width: width), labels: split.fit.map { task.trainLabels[$0] },
      width: width, classCount: task.classCount, l2: 1, threads: threads)
    var method = LimitedMemoryBFGS()
    method.maximumIterations = options.maximumIterations
    // Held-out accuracy is known to half a per cent; fits to more digits would choose no better.
    method.gradientTolerance = 1e-4
    method.objectiveTolerance = 1e-5
    var selection = Selection(l2: path[0])
    var best = -1.0
    var previous: LogisticRegression?
    for (index, l2) in path.enumerated() {
      progress("trying λ = \(l2)", 0.6 * Double(index) / Double(path.count))
      objective.l2 = l2
      let model = LogisticRegression.fit(objective, bound: bound, start: previous, method: method)
      previous = model
      let right = zip(model.predictions(for: heldOut), heldOutLabels).count { $0 == $1 }
      let accuracy = Double(right) / Double(heldOutLabels.count)
      selection.candidates.append(
        .init(l2: l2, heldOutAccuracy: accuracy, iterations: model.iterations))
      if accuracy > best {
        best = accuracy
        selection.l2 = l2
        selection.model = model
      }
      let standardError = (best * (1 - best) / Double(heldOutLabels.count)).squareRoot()
      if accuracy < best - 2 * standardError { break }
    }
    return selection
  }

  /// The rows numbered `rows` of `values`, row-major `[rows, width]`.
  static func rows(_ rows: [Int], of values: [Float], width: Int) -> [Float] {
    var result: [Float] = []
    result.reserveCapacity(rows.count * width)
    for row in rows { result += values[(row * width)..<((row + 1) * width)] }
    return result
  }
}
