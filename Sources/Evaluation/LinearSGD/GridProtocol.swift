import Datasets
import Platform
import Tensors

/// DINOv2's linear evaluation (Oquab et al., 2023): a grid of heads is trained at once, the best is scored.
///
/// 1. Heads see the last n blocks' class tokens, n ∈ `blocks`, with or without the mean of the last block's patches
///    (`HeadInput`), as they are. For each of these and each of `learningRates` × batch/256 there is a head; those that
///    see the same start from the same weights, N(0, 0.01²).
/// 2. A tenth of every train class is held out. On the other rows all heads take `iterations` steps of SGD (momentum
///    0.9, no weight decay, half a cosine to 0) on the same batches, which go through the rows in a new order each time.
/// 3. The head with the best held-out accuracy is chosen, of equals the one of fewest features, then of the lowest
///    rate. It is scored on the test set as it is, once. When no class has two rows nothing can be held out, and the
///    middle rate of the fewest features is taken.
struct GridProtocol {
  let options: LinearSGDOptions
  let threads: Int

  /// Heads a task: enough that gathering batches costs little, few enough for many threads.
  private static let headsPerTask = 4
  /// Calls in which the training is done, for its progress.
  private static let segmentCount = 50

  /// A training of some heads of one input, by their places in the grid.
  private struct Part {
    let input: Int
    let rates: Range<Int>
    var training: HeadTraining
  }

  func evaluate(
    _ task: EvaluationTask, _ classes: ClassificationTask, _ progress: ProgressHandler
  ) throws(Failure) -> LinearSGDResult {
    let test = try task.requireTest(for: LinearSGD.self)
    let inputs = try HeadInput.all(task, test: test, options)
    let rates = Set(options.learningRates).sorted()
    let split = StratifiedSplit(
      labels: classes.trainLabels, classCount: classes.classCount, share: options.heldOutShare,
      seed: options.seed)
    let parts = trained(inputs, rates, rows: split.fit, classes, progress)

    progress("choosing a head", 0.95)
    let grid = grid(parts, inputs, rates, heldOut: split.heldOut, classes)
    let heads = grid.map(\.head)
    let chosen = split.heldOut.isEmpty ? rates.count / 2 : try choose(heads, at: task.train.origin)
    let part = parts[grid[chosen].part]

    progress("scoring the test set", 0.98)
    let logits = inputs[part.input].test.logits(
      part.training.heads[grid[chosen].place].head, (0..<test.count).map { Int32($0) }, threads: threads)
    let losses = part.training.losses[grid[chosen].place]
    return LinearSGDResult(
      scores: ClassificationScores(
        probabilities: SoftmaxRows.probabilities(logits, classes: classes.classCount), classes),
      protocol: .dinov2, chosen: heads[chosen], heads: heads, iterations: options.iterations,
      batchSize: batchSize, augmentedPasses: 0, trainLoss: losses.reduce(0, +) / Double(losses.count))
  }

  private var batchSize: Int { options.batchSize ?? 128 }

  /// All heads, trained on `rows`.
  private func trained(
    _ inputs: [HeadInput], _ rates: [Double], rows: [Int], _ classes: ClassificationTask,
    _ progress: ProgressHandler
  ) -> [Part] {
    // The widest first: they take longest.
    var parts = inputs.indices.reversed().flatMap { input in
      rowRanges(count: rates.count, multiple: Self.headsPerTask).map { range in
        Part(input: input, rates: range, training: training(inputs[input], classes, rates: rates[range]))
      }
    }
    let order = BatchOrder(rows: rows.map { Int32($0) }, seed: options.seed)
    for segment in rowRanges(count: options.iterations, pieces: Self.segmentCount, multiple: 1) {
      progress(
        "training \(inputs.count * rates.count) heads",
        0.95 * Double(segment.lowerBound) / Double(options.iterations))
      let rows = order(segment.lowerBound * batchSize..<segment.upperBound * batchSize)
      let current = parts
      parts = parallelMap(count: parts.count, threads: threads) { index in
        var part = current[index]
        part.training.advance(rows, batchSize: batchSize)
        return part
      }
    }
    return parts
  }

  /// The heads in the order of the grid, and where they are among the parts.
  private func grid(
    _ parts: [Part], _ inputs: [HeadInput], _ rates: [Double], heldOut: [Int], _ classes: ClassificationTask
  ) -> [(head: LinearSGDResult.Head, part: Int, place: Int)] {
    let accuracies = parallelMap(count: parts.count, threads: threads) { index in
      parts[index].training.heads.map {
        accuracy($0.head, inputs[parts[index].input].train, heldOut, classes)
      }
    }
    return inputs.indices.flatMap { input in
      parts.indices.filter { parts[$0].input == input }.flatMap { part in
        parts[part].rates.enumerated().map { place, rate in
          let head = LinearSGDResult.Head(
            blocks: inputs[input].blocks, averagesPatches: inputs[input].averagesPatches,
            learningRate: rates[rate], heldOutAccuracy: accuracies[part][place])
          return (head, part, place)
        }
      }
    }
  }

  private func training(
    _ input: HeadInput, _ classes: ClassificationTask, rates: ArraySlice<Double>
  ) -> HeadTraining {
    let start = LinearHead(
      width: input.train.width, classCount: classes.classCount, seed: options.seed,
      name: "\(input.blocks) \(input.averagesPatches)")
    return HeadTraining(
      features: input.train, labels: classes.trainLabels,
      heads: rates.map { MomentumHead(start, learningRate: $0 * Double(batchSize) / 256) },
      iterations: options.iterations)
  }

  /// The share of `rows` that a head has right; nil for no rows, and for a head that diverged.
  private func accuracy(
    _ head: LinearHead, _ features: JoinedFeatures, _ rows: [Int], _ classes: ClassificationTask
  ) -> Double? {
    guard !rows.isEmpty, head.isFinite else { return nil }
    let logits = features.logits(head, rows.map { Int32($0) }, threads: 1)
    let right = rows.indices.count { place in
      let own = logits[(place * head.classCount)..<((place + 1) * head.classCount)]
      return ClassificationScores.rank(of: classes.trainLabels[rows[place]], in: own) == 0
    }
    return Double(right) / Double(rows.count)
  }

  /// The place of the best head in the grid.
  private func choose(_ heads: [LinearSGDResult.Head], at place: String) throws(Failure) -> Int {
    var best: Int?
    for (index, head) in heads.enumerated() {
      guard let accuracy = head.heldOutAccuracy else { continue }
      if accuracy > best.flatMap({ heads[$0].heldOutAccuracy }) ?? -1 { best = index }
    }
    guard let best else {
      throw Failure(
        "every head diverged", at: place, mend: "give smaller numbers as \(LinearSGD.name).learningRates")
    }
    return best
  }
}
