import Tensors

/// Labels as probabilities of classes, smoothed (Szegedy et al., 2016): of K classes the right one has 1 − s + s/K, any other
/// s/K.
package struct ClassTargets: Sendable {
  private let classCount: Int
  private let smoothing: Double

  /// Targets of `classCount` classes, smoothed by s.
  package init(classCount: Int, smoothing: Double) {
    self.classCount = classCount
    self.smoothing = smoothing
  }

  /// λ·y + (1 − λ)·y′, [B, K]: y of a sample's own class, y′ of its partner's, if there are partners.
  package func rows(
    _ labels: [Int], mixedWith partners: [Int] = [], share: Double = 1, pool: BufferPool
  ) -> Tensor {
    precondition(!labels.isEmpty, "Classification: a batch without labels")
    let targets = Tensor(
      shape: [labels.count, classCount], repeating: Scalar(smoothing / Double(classCount)), pool: pool)
    targets.withMutableSpan { targets in
      for (row, label) in labels.enumerated() {
        targets[row * classCount + label] += Scalar((1 - smoothing) * share)
      }
      for (row, label) in partners.enumerated() {
        targets[row * classCount + label] += Scalar((1 - smoothing) * (1 - share))
      }
    }
    return targets
  }
}
