import Datasets

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
    candidates = selection.candidates
  }

  /// The probabilities of the classes, row-major [rows, classCount], of features [rows, width].
  func probabilities(of values: [Float]) -> [Float] {
    ClassificationScores.softmax(
      model.logits(of: standardizer.apply(to: values)), classes: model.classCount)
  }

  private struct Selection {
    var l2: Double
    var model: LogisticRegression?
    var candidates: [LinearProbeResult.Candidate] = []
  }

  private static func select(
    _ values: [Float], _ labels: [Int], _ classCount: Int, _ options: LinearProbeOptions,
    _ bound: CurvatureBound, threads: Int, progress: ProgressHandler
  ) -> Selection {
    let path = Set(options.l2).sorted(by: >)
    let split = StratifiedSplit(
      labels: labels, classCount: classCount, share: options.heldOutShare,
      fitLimit: options.selectionRows, seed: options.seed)
    guard path.count > 1, !split.heldOut.isEmpty else { return Selection(l2: path[path.count / 2]) }

    let width = values.count / labels.count
    let heldOut = gatheredRows(split.heldOut, of: values, width: width)
    let heldOutLabels = split.heldOut.map { labels[$0] }
    var objective = SoftmaxObjective(
      values: gatheredRows(split.fit, of: values, width: width), labels: split.fit.map { labels[$0] },
      width: width, classCount: classCount, l2: 1, threads: threads)
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
}
