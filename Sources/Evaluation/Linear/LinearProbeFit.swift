import Datasets
import Tensors

/// What `LinearProbe` learns from train features: the standardisation, the penalty and the model.
struct LinearProbeFit: Sendable {
  /// The chosen λ.
  let l2: Double
  /// The λ that were tried, strongest first; empty when there was nothing to choose.
  let candidates: [LinearProbeResult.Candidate]
  /// The model of all rows at that λ, for standardised features.
  let model: LogisticRegression
  private let standardizer: Standardizer

  /// Fits features, row-major [labels.count, width]; see `LinearProbe` for the protocol.
  init(
    values given: [Float], labels: [Int], classCount: Int, _ options: LinearProbeOptions, threads: Int,
    progress: ProgressHandler = { _, _ in }
  ) {
    let (count, width) = (labels.count, given.count / labels.count)
    standardizer = Standardizer(values: given, count: count, width: width, threads: threads)
    let values = standardizer.apply(to: given)
    let bound = CurvatureBound(values: values, width: width, classCount: classCount, threads: threads)
    let selection = Self.select(
      values, labels, classCount, options, bound, threads: threads, progress: progress)
    progress("fitting all rows at λ = \(selection.l2)", 0.6)
    let objective = SoftmaxObjective(
      values: values, labels: labels, width: width, classCount: classCount, l2: selection.l2,
      threads: threads)
    var method = LimitedMemoryBFGS()
    method.maximumIterations = options.maximumIterations
    model = LogisticRegression.fit(objective, bound: bound, start: selection.model, method: method)
    l2 = selection.l2
    candidates = selection.trials.map {
      .init(l2: $0.l2, heldOutAccuracy: $0.score, iterations: $0.iterations)
    }
  }

  /// The probabilities of the classes, row-major [rows, classCount], of features [rows, width].
  func probabilities(of values: [Float]) -> [Float] {
    SoftmaxRows.probabilities(
      model.logits(of: standardizer.apply(to: values)), classes: model.classCount)
  }

  private static func select(
    _ values: [Float], _ labels: [Int], _ classCount: Int, _ options: LinearProbeOptions,
    _ bound: CurvatureBound, threads: Int, progress: ProgressHandler
  ) -> PenaltyPath {
    var path = PenaltyPath(options.l2)
    let split = StratifiedSplit(
      labels: labels, classCount: classCount, share: options.heldOutShare,
      fitLimit: options.selectionRows, seed: options.seed)
    guard path.isChoice, !split.heldOut.isEmpty else { return path }

    let width = values.count / labels.count
    let heldOut = gatheredRows(split.heldOut, of: values, width: width)
    let heldOutLabels = split.heldOut.map { labels[$0] }
    let count = Double(heldOutLabels.count)
    let objective = SoftmaxObjective(
      values: gatheredRows(split.fit, of: values, width: width), labels: split.fit.map { labels[$0] },
      width: width, classCount: classCount, l2: 1, threads: threads)
    path.walk(
      objective, bound: bound, maximumIterations: options.maximumIterations, progress: progress,
      score: { model in
        .init(
          score: Double(zip(model.predictions(for: heldOut), heldOutLabels).count { $0 == $1 }) / count)
      },
      // Two standard errors of the best accuracy.
      tolerance: { best in 2 * (best * (1 - best) / count).squareRoot() })
    return path
  }
}
