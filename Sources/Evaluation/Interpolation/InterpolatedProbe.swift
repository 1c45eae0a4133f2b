import Datasets
import Platform

/// The k-NN vote and the linear probe together: p = λ·p_vote + (1 − λ)·p_linear.
///
/// 1. The linear probe is as `linear` has it. The vote is that of `knn`, of features less the train mean.
/// 2. A part of every train class is held out, as for the linear probe. From the other rows, at the penalty that the
///    linear probe chose, both give their probabilities for the held-out ones, and the λ, k and T of most right answers
///    are taken; of equals the smallest λ, then k, then T. When no class has two rows, nothing can be held out and the
///    middle of each list is taken.
/// 3. Both learn from all train rows, and the test set is scored, once.
public enum InterpolatedProbe: Evaluator {
  /// What can be set.
  public typealias Options = InterpolatedProbeOptions

  /// `knnLinear`.
  public static let name = "knnLinear"
  /// What it measures, in one line.
  public static let summary = "λ·k-NN vote + (1 − λ)·linear probe; λ, k and T chosen on held-out train rows"
  /// Where the protocol comes from.
  public static let source = "Jia et al., 2021"

  /// Scores the test set; see the type for the protocol.
  ///
  /// - Throws: `Failure` when a set is missing or has no labels, the widths differ, or train has one class only.
  public static func evaluate(
    _ task: EvaluationTask, options: InterpolatedProbeOptions, progress: ProgressHandler
  ) throws(Failure) -> InterpolatedProbeResult {
    try evaluate(task, options: options, threads: MachineCapacity.coreCount, progress: progress)
  }

  package static func evaluate(
    _ given: EvaluationTask, options: InterpolatedProbeOptions, threads: Int,
    progress: ProgressHandler = { _, _ in }
  ) throws(Failure) -> InterpolatedProbeResult {
    try located(name) { () throws(Failure) in try options.check() }
    let task = try ClassificationTask(given, for: self)
    let fit = LinearProbeFit(
      values: given.train.values, labels: task.trainLabels, classCount: task.classCount, options.linear,
      threads: threads
    ) { progress($0, 0.6 * $1) }
    let mean = columnMeans(given.train.values, width: given.train.width)
    let train = try given.train.shifted(by: mean)
    let mixture = try choose(given.train, centered: train, task, l2: fit.l2, options, threads: threads) {
      progress($0, 0.6 + 0.3 * $1)
    }
    progress("scoring the test set", 0.9)
    let neighbors = try NearestNeighbors.among(
      EvaluationTask(train: train, test: given.measured.shifted(by: mean)), limit: mixture.k,
      threads: threads)
    let votes = NearestNeighborVote.vote(
      neighbors, labels: task.trainLabels, classCount: task.classCount, ks: [mixture.k],
      temperature: mixture.temperature)[0]
    let probabilities = zip(votes, fit.probabilities(of: given.measured.values))
      .map { mixed($0, $1, mixture.lambda) }
    return InterpolatedProbeResult(
      scores: ClassificationScores(probabilities: probabilities, task), mixture: mixture, l2: fit.l2)
  }

  /// λ·vote + (1 − λ)·linear; at 0 and 1 exactly one of them.
  @inline(__always)
  static func mixed(_ vote: Float, _ linear: Float, _ lambda: Double) -> Float {
    Float(lambda) * vote + Float(1 - lambda) * linear
  }

  private static func choose(
    _ train: Features, centered: Features, _ task: ClassificationTask, l2: Double,
    _ options: InterpolatedProbeOptions, threads: Int, progress: ProgressHandler
  ) throws(Failure) -> InterpolatedProbeResult.Mixture {
    let grid = MixtureGrid(options, rows: train.count)
    let split = StratifiedSplit(
      labels: task.trainLabels, classCount: task.classCount, share: options.linear.heldOutShare,
      fitLimit: options.linear.selectionRows, seed: options.linear.seed)
    guard grid.count > 1, !split.heldOut.isEmpty else { return grid.middle }
    let labels = split.fit.map { task.trainLabels[$0] }
    var linear = options.linear
    linear.l2 = [l2]
    let fit = LinearProbeFit(
      values: gatheredRows(split.fit, of: train.values, width: train.width), labels: labels,
      classCount: task.classCount, linear, threads: threads
    ) { progress($0, 0.5 * $1) }
    progress("mixing with the vote", 0.5)
    let neighbors = try NearestNeighbors.among(
      EvaluationTask(train: centered.gathered(split.fit), test: centered.gathered(split.heldOut)),
      limit: grid.largestK, threads: threads)
    return grid.best(
      neighbors, labels: labels, classCount: task.classCount,
      linear: fit.probabilities(of: gatheredRows(split.heldOut, of: train.values, width: train.width)),
      classes: split.heldOut.map { task.trainLabels[$0] }, threads: threads)
  }
}
