import Datasets
import Platform

/// The linear probe for images of several labels: a logistic regression for each class on frozen features.
///
/// 1. Features are standardised by the train set's mean and standard deviation.
/// 2. A tenth of the train rows is held out (`heldOutShare`, `seed`), of the rows whose rarest class is the same a tenth
///    each. On at most `selectionRows` of the other rows the penalties are tried from strong to weak, each fit starting
///    from the one before and stopping at a hundred times the final fit's tolerances. The path ends early once held-out
///    mean average precision is 0.02 below its best. The penalty with the best is chosen; of equals the one of the best
///    held-out likelihood, since a strong one ranks alike but decides for no class. When nothing can be held out the
///    middle penalty is taken.
/// 3. All train rows are fitted at that penalty, and the test set is scored, once.
///
/// Classes that only test rows have are left out. Sets of one label an image are scored as well, one class against the
/// rest.
public enum MultiLabelProbe: Evaluator {
  /// `multiLabel`.
  public static let name = "multiLabel"
  /// What it measures, in one line.
  public static let summary =
    "several labels an image: logistic regression a class on standardised features, by mean average precision"
  /// Where the protocol comes from.
  public static let source =
    "logistic regression as in Radford et al., 2021 (CLIP); mean average precision as in Everingham et al., 2010 (VOC)"
  /// The settings of the linear probe.
  public typealias Options = LinearProbeOptions

  /// Scores `test`; see the type for the protocol.
  ///
  /// - Throws: `Failure` when a set is missing or has no labels, the widths differ, or the sets have no class in common.
  public static func evaluate(
    _ task: EvaluationTask, options: LinearProbeOptions, progress: ProgressHandler
  ) throws(Failure) -> MultiLabelResult {
    try evaluate(task, options: options, threads: MachineCapacity.coreCount, progress: progress)
  }

  /// The mean of the shares of the test rows that have a class: the average precision of a random order.
  public static func chance(_ task: EvaluationTask) throws(Failure) -> Double? {
    let test = try task.requireTest(for: self)
    let labels = try MultiLabelTask(train: task.train, test: test)
    let shares = (0..<labels.classCount).map { label in
      Double(labels.test[(label * test.count)..<((label + 1) * test.count)].count { $0 }) / Double(test.count)
    }.filter { $0 > 0 }
    return shares.reduce(0, +) / Double(shares.count)
  }

  /// A test set, and classes that both sets share.
  public static func check(_ labels: TaskLabels, options: LinearProbeOptions) throws(Failure) {
    try requireTest(labels)
    _ = try MultiLabelTask(train: labels.train, test: labels.measured)
  }

  package static func evaluate(
    _ given: EvaluationTask, options: LinearProbeOptions, threads: Int,
    progress: ProgressHandler = { _, _ in }
  ) throws(Failure) -> MultiLabelResult {
    try located(name) { () throws(Failure) in try options.check() }
    let (train, test) = (given.train, try given.requireTest(for: self))
    let task = try MultiLabelTask(train: train, test: test)
    let standardizer = Standardizer(
      values: train.values, count: train.count, width: train.width, threads: threads)
    let values = standardizer.apply(to: train.values)
    let bound = CurvatureBound(
      values: values, width: train.width, classCount: task.classCount, curvature: SigmoidObjective.curvature,
      threads: threads)
    let selection = select(values, task, options, bound, threads: threads, progress: progress)

    progress("fitting all rows at λ = \(selection.l2)", 0.6)
    let objective = SigmoidObjective(
      values: values, positives: task.train, width: train.width, classCount: task.classCount,
      l2: selection.l2, threads: threads)
    var method = LimitedMemoryBFGS()
    method.maximumIterations = options.maximumIterations
    let model = LogisticRegression.fit(objective, bound: bound, start: selection.model, method: method)

    progress("scoring the test set", 0.98)
    return MultiLabelResult(
      scores: MultiLabelScores(logits: model.logits(of: standardizer.apply(to: test.values)), task),
      unknownClassNames: task.unknownClassNames, l2: selection.l2,
      candidates: selection.trials.map {
        .init(l2: $0.l2, heldOutMeanAveragePrecision: $0.score, iterations: $0.iterations)
      },
      iterations: model.iterations, converged: model.converged)
  }

  private static func select(
    _ values: [Float], _ task: MultiLabelTask, _ options: LinearProbeOptions, _ bound: CurvatureBound,
    threads: Int, progress: ProgressHandler
  ) -> PenaltyPath {
    var path = PenaltyPath(options.l2)
    let split = StratifiedSplit(
      labels: task.rarestClasses, classCount: task.classCount + 1, share: options.heldOutShare,
      fitLimit: options.selectionRows, seed: options.seed)
    guard path.isChoice, !split.heldOut.isEmpty else { return path }

    let width = values.count / task.trainCount
    let heldOut = gatheredRows(split.heldOut, of: values, width: width)
    let positives = task.train(split.heldOut)
    let objective = SigmoidObjective(
      values: gatheredRows(split.fit, of: values, width: width), positives: task.train(split.fit),
      width: width, classCount: task.classCount, l2: 1, threads: threads)
    path.walk(
      objective, bound: bound, maximumIterations: options.maximumIterations, progress: progress,
      score: { model in
        let logits = model.logits(of: heldOut)
        return MultiLabelScores.meanAveragePrecision(logits, positives: positives, classes: task.classCount)
          .map {
            .init(
              score: $0,
              tieBreak: MultiLabelScores.logLikelihood(logits, positives: positives, classes: task.classCount)
            )
          }
      },
      tolerance: { _ in 0.02 })
    return path
  }
}
