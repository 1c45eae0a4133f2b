import Optimization

/// Heads that see the same features, trained at once: each batch is gathered once for all, and no head knows of another.
package struct HeadTraining: Sendable {
  /// What the heads see.
  package let features: JoinedFeatures
  /// Class of each row.
  package let labels: [Int]
  /// The heads.
  package private(set) var heads: [MomentumHead]
  /// Mean cross-entropy before each step of the last call of `advance`, by head.
  package private(set) var losses: [[Double]]
  /// Steps that are done.
  package private(set) var step = 0
  /// Steps of the whole training, over which half a cosine takes the learning rates to 0.
  package let iterations: Int

  private let schedule = HalfCosine(from: 1, to: 0)

  /// Prepares a training of so many steps.
  package init(features: JoinedFeatures, labels: [Int], heads: [MomentumHead], iterations: Int) {
    precondition(features.count == labels.count, "HeadTraining: a label a row")
    precondition(heads.allSatisfy { $0.head.width == features.width }, "HeadTraining: widths differ")
    self.features = features
    self.labels = labels
    self.heads = heads
    self.iterations = iterations
    losses = heads.map { _ in [] }
  }

  /// Takes steps on `rows`, of which each has the next `batchSize`.
  package mutating func advance(_ rows: [Int32], batchSize: Int) {
    for index in heads.indices { losses[index].removeAll(keepingCapacity: true) }
    var batch: [Float] = []
    var logits = [Float](repeating: 0, count: batchSize * (heads.first?.head.classCount ?? 0))
    for start in stride(from: 0, to: rows.count, by: batchSize) {
      let taken = rows[start..<min(start + batchSize, rows.count)]
      features.gather(taken, into: &batch)
      let classes = taken.map { labels[Int($0)] }
      let share = schedule.value(after: Double(step), of: Double(iterations))
      for index in heads.indices {
        losses[index].append(heads[index].step(batch, labels: classes, share: share, logits: &logits))
      }
      step += 1
    }
  }
}
