import Tensors

/// A head with its velocities: SGD with momentum 0.9 and without weight decay, μ ← 0.9·μ + g, θ ← θ − lr·μ.
package struct MomentumHead: Sendable, Equatable {
  /// What is trained.
  package private(set) var head: LinearHead
  private var weightVelocity: [Float]
  private var biasVelocity: [Float]
  /// The rate of the first step.
  let learningRate: Double

  private static let momentum: Float = 0.9

  /// Starts with velocities of 0.
  package init(_ head: LinearHead, learningRate: Double) {
    self.head = head
    self.learningRate = learningRate
    weightVelocity = [Float](repeating: 0, count: head.weights.count)
    biasVelocity = [Float](repeating: 0, count: head.biases.count)
  }

  /// One step on a batch `[labels.count, width]`, at `share` of the learning rate; returns the mean cross-entropy
  /// before it. `logits` is room for `[labels.count, classes]`.
  ///
  /// The shapes of the products are those of this head alone: in one product for several heads, kernels for Haswell and
  /// Zen give a column other last bits when other columns are taken away.
  mutating func step(_ batch: [Float], labels: [Int], share: Double, logits: inout [Float]) -> Double {
    let (rows, classes, width) = (labels.count, head.classCount, head.width)
    matrixProduct(rows: rows, columns: classes, inner: width, batch, .none, head.weights, into: &logits)
    let loss = CrossEntropy.turnIntoResiduals(&logits, biases: head.biases, labels: labels)
    let scale = 1 / Float(rows)
    matrixProduct(
      rows: width, columns: classes, inner: rows, alpha: scale, batch, .transposed, logits,
      beta: Self.momentum, into: &weightVelocity)
    for index in 0..<classes {
      var sum: Float = 0
      for row in 0..<rows { sum += logits[row * classes + index] }
      biasVelocity[index] = Self.momentum * biasVelocity[index] + scale * sum
    }
    let rate = Float(learningRate * share)
    for index in weightVelocity.indices { head.weights[index] -= rate * weightVelocity[index] }
    for index in biasVelocity.indices { head.biases[index] -= rate * biasVelocity[index] }
    return loss / Double(rows)
  }
}
