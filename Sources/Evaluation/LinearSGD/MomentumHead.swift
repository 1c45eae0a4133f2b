import Optimization
import Tensors

/// A head with its velocities: SGD with momentum 0.9 and without weight decay, μ ← 0.9·μ + g, θ ← θ − lr·μ.
package struct MomentumHead: Sendable, Equatable {
  /// What is trained.
  package var head: LinearHead { LinearHead(weights: weights.values, biases: biases.values) }
  private var weights, biases: MomentumWeights
  /// The rate of the first step.
  let learningRate: Double

  private static let momentum = SGD.Options().momentum

  /// Starts with velocities of 0.
  package init(_ head: LinearHead, learningRate: Double) {
    self.learningRate = learningRate
    weights = MomentumWeights(head.weights)
    biases = MomentumWeights(head.biases)
  }

  /// One step on a batch `[labels.count, width]`, at `share` of the learning rate; returns the mean cross-entropy
  /// before it. `logits` is room for `[labels.count, classes]`.
  ///
  /// The shapes of the products are those of this head alone: in one product for several heads, kernels for Haswell and
  /// Zen give a column other last bits when other columns are taken away. The product adds the gradient to the velocities
  /// itself, which saves a pass over memory as large as the weights.
  mutating func step(_ batch: [Float], labels: [Int], share: Double, logits: inout [Float]) -> Double {
    let (rows, classes) = (labels.count, biases.values.count)
    let width = weights.values.count / classes
    matrixProduct(rows: rows, columns: classes, inner: width, batch, .none, weights.values, into: &logits)
    let loss = SoftmaxRows.turnIntoResiduals(&logits, biases: biases.values, labels: labels)
    let scale = 1 / Float(rows)
    let rate = learningRate * share
    weights.step(learningRate: rate) { velocities in
      matrixProduct(
        rows: width, columns: classes, inner: rows, alpha: scale, batch, .transposed, logits,
        beta: Float(Self.momentum), into: &velocities)
    }
    var sums = [Float](repeating: 0, count: classes)
    for index in 0..<classes {
      for row in 0..<rows { sums[index] += logits[row * classes + index] }
    }
    biases.step(
      sums,
      MomentumConstants(learningRate: rate, momentum: Self.momentum, gradientFactor: Double(scale)))
    return loss / Double(rows)
  }
}
