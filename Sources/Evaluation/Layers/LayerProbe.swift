import Platform
import VisionTransformer

/// The probe by depth: how well the features behind every block tell the classes apart, by the encoder's own pooling and
/// with its final norm behind each block.
///
/// Each block is probed as if it were the only one: the linear probe with a short path of penalties, its penalty chosen
/// block by block on held-out train rows, or the vote of nearest neighbours. No block is chosen.
public enum LayerProbe: Evaluator {
  /// What can be set.
  public typealias Options = LayerProbeOptions

  /// `layers`.
  public static let name = "layers"
  /// What it measures, in one line.
  public static let summary = "the linear probe, or k-NN, behind every block"
  /// Where the protocol comes from.
  public static let source = "Alain & Bengio, 2017; Chen et al., 2020 (iGPT)"

  /// Every block's features, pooled as the encoder does.
  public static func readouts(
    _ options: LayerProbeOptions, of encoder: VisionTransformerConfiguration
  ) -> [FeatureReadout] {
    (1...encoder.depth).map { FeatureReadout(block: $0, pooling: encoder.pooling) }
  }

  /// Scores the test set behind every block; see the type for the protocol.
  ///
  /// - Throws: `Failure` when there are no features behind blocks, a set is missing or has no labels, or train has one
  ///   class only.
  public static func evaluate(
    _ task: EvaluationTask, options: LayerProbeOptions, progress: ProgressHandler
  ) throws(Failure) -> LayerProbeResult {
    try evaluate(task, options: options, threads: MachineCapacity.coreCount, progress: progress)
  }

  /// Images to compute features from, a test set, and classes that both share.
  public static func check(_ labels: TaskLabels, options: LayerProbeOptions) throws(Failure) {
    guard labels.hasImages else { throw missingBlocks(at: labels.train.origin) }
    try requireTest(labels)
    _ = try ClassificationTask(train: labels.train, test: labels.measured)
  }

  private static func missingBlocks(at place: String) -> Failure {
    Failure(
      "\(name) wants features behind every block", at: place,
      mend: "evaluate weights on images; stored features are of one place")
  }

  package static func evaluate(
    _ given: EvaluationTask, options: LayerProbeOptions, threads: Int,
    progress: ProgressHandler = { _, _ in }
  ) throws(Failure) -> LayerProbeResult {
    try located(name) { () throws(Failure) in try options.check() }
    let places = given.readouts.sorted { $0.key.block < $1.key.block }
    guard !places.isEmpty else { throw missingBlocks(at: given.train.origin) }
    var blocks: [LayerProbeResult.Block] = []
    for (place, (readout, sets)) in places.enumerated() {
      let sets = EvaluationTask(train: sets.train, test: sets.test)
      let task = try ClassificationTask(sets, for: self)
      func stage(_ stage: String, _ fraction: Double) {
        progress("block \(readout.block): \(stage)", (Double(place) + fraction) / Double(places.count))
      }
      let scores: [Float]
      var l2: Double?
      switch options.evaluator {
      case .linear:
        let fit = LinearProbeFit(
          values: sets.train.values, labels: task.trainLabels, classCount: task.classCount, options.linear,
          threads: threads, progress: stage)
        scores = fit.probabilities(of: sets.measured.values)
        l2 = fit.l2
      case .knn:
        stage("voting", 0)
        scores =
          NearestNeighborVote.vote(
            try NearestNeighbors.among(sets, limit: options.k, threads: threads), labels: task.trainLabels,
            classCount: task.classCount, ks: [options.k], temperature: NearestNeighborOptions().temperature)[
            0]
      }
      let predictions = ClassificationScores.predictions(scores, classes: task.classCount)
      blocks.append(.init(block: readout.block, top1: task.accuracy(of: predictions), l2: l2))
    }
    return LayerProbeResult(evaluator: options.evaluator, blocks: blocks)
  }
}
