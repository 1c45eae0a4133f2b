import Optimization
import Platform
import Tensors

/// MAE's linear probe (He et al., 2021): one head behind a batch norm (`NormalizedHead`), and nothing is chosen.
///
/// - All train rows are seen `epochs` times, in epoch e through the augmented pass e mod `augmentedPasses`, in an order of
///   its own; rows that do not fill a last batch are left out.
/// - A batch has `batchSize` rows, but a quarter of all at most, so that an epoch has four steps or more; two at least.
/// - The learning rate is 0.1 × batch/256, after a rise from 0 over `warmupEpochs` half a cosine to 0, by the fraction of
///   the epoch.
/// - The batch norm is folded into the head, which is scored on the test set once.
///
/// LARS moves the weights by a share of their norm, in sum by one that grows with rows × epochs, whatever the batch: 10⁸ on
/// ImageNet. Far fewer leave the head near its initial weights; more `epochs` mend that.
struct NormalizedHeadProtocol {
  let options: LinearSGDOptions
  let threads: Int

  private static let learningRate = 0.1

  func evaluate(
    _ task: EvaluationTask, _ classes: ClassificationTask, _ progress: ProgressHandler
  ) throws(Failure) -> LinearSGDResult {
    let (train, test) = (task.train, try task.requireTest(for: LinearSGD.self))
    let passes = try values(task, progress)
    let batchSize = Self.batchSize(options.batchSize ?? 16_384, rows: train.count)
    let steps = train.count / batchSize
    let peak = Self.learningRate * Double(batchSize) / 256
    let order = BatchOrder(rows: (0..<train.count).map { Int32($0) }, seed: options.seed)
    var model = NormalizedHead(
      LinearHead(width: train.width, classCount: classes.classCount, seed: options.seed, name: "mae"))
    let start = options.augmentedPasses > 0 ? 0.5 : 0
    var loss = 0.0
    for epoch in 0..<options.epochs {
      let done = Double(epoch) / Double(options.epochs)
      progress("epoch \(epoch + 1) of \(options.epochs)", start + (0.98 - start) * done)
      let rows = order.epoch(epoch)
      loss = 0
      for step in 0..<steps {
        loss += model.step(
          Array(rows[(step * batchSize)..<((step + 1) * batchSize)]), of: passes[epoch % passes.count],
          labels: classes.trainLabels,
          learningRate: peak * share(epoch: Double(epoch) + Double(step) / Double(steps)), threads: threads)
      }
    }

    progress("scoring the test set", 0.98)
    let logits = JoinedFeatures([test]).logits(
      model.folded, (0..<test.count).map { Int32($0) }, threads: threads)
    return LinearSGDResult(
      scores: ClassificationScores(
        probabilities: SoftmaxRows.probabilities(logits, classes: classes.classCount), classes),
      protocol: .mae, chosen: nil, heads: [], iterations: options.epochs * steps, batchSize: batchSize,
      augmentedPasses: options.augmentedPasses > 0 ? passes.count : 0, trainLoss: loss / Double(steps))
  }

  /// The features of each pass, row-major.
  private func values(_ task: EvaluationTask, _ progress: ProgressHandler) throws(Failure) -> [[Float]] {
    let count = min(options.augmentedPasses, options.epochs)
    guard count > 0 else { return [task.train.values] }
    guard let augmented = task.augmentedTrain else { throw Self.missingImages(at: task.train.origin) }
    var passes: [[Float]] = []
    for pass in 0..<count {
      let features = try augmented(pass, []) { stage, fraction in
        progress(stage, 0.5 * (Double(pass) + fraction) / Double(count))
      }
      passes.append(features[0].values)
    }
    return passes
  }

  /// What is thrown where there are no images to augment.
  static func missingImages(at place: String) -> Failure {
    Failure(
      "no images to augment stand behind these features", at: place,
      mend: "learn from them as they are: \(LinearSGD.name).augmentedPasses=0")
  }

  /// The learning rate's share of its peak.
  private func share(epoch: Double) -> Double {
    let (warmup, epochs) = (Double(options.warmupEpochs), Double(options.epochs))
    if epoch < warmup { return epoch / warmup }
    return HalfCosine(from: 1, to: 0).value(after: epoch - warmup, of: epochs - warmup)
  }

  /// Rows a batch: as wanted, but a quarter of the rows at most and two at least.
  static func batchSize(_ wanted: Int, rows: Int) -> Int { max(2, min(wanted, rows / 4)) }
}
