import Foundation
import Platform

/// The objective of a logistic regression for each class on its own, (1/n)·Σ Σ BCE + (λ/2)·‖W‖² with sums over rows and
/// classes; see `LinearObjective`.
///
/// scikit-learn's `LogisticRegression` of one class against the rest has the same solution at λ = 1/(C·n).
package struct SigmoidObjective: LinearObjective {
  /// Features, row-major `[count, width]`.
  package let values: [Float]
  /// Whether a row has a class, row-major `[classCount, count]`.
  package let positives: [Bool]
  /// Number of rows.
  package let count: Int
  /// Features a row.
  package let width: Int
  /// Number of classes.
  package let classCount: Int
  /// The penalty λ.
  package var l2: Double
  /// Threads to use at most.
  package let threads: Int
  /// ¼: of the logistic function.
  package static let curvature = 0.25

  /// Holds the data.
  package init(
    values: [Float], positives: [Bool], width: Int, classCount: Int, l2: Double,
    threads: Int = MachineCapacity.coreCount
  ) {
    count = values.count / width
    precondition(
      count > 0 && values.count == count * width && positives.count == count * classCount,
      "SigmoidObjective: sizes")
    precondition(l2 >= 0, "SigmoidObjective: a penalty is at least 0")
    self.values = values
    self.positives = positives
    self.width = width
    self.classCount = classCount
    self.l2 = l2
    self.threads = threads
  }

  /// log(p/(1 − p)) of each class's share p of the rows.
  package var priorIntercepts: [Double] {
    (0..<classCount).map { label in
      let rows = positives[(label * count)..<((label + 1) * count)].count { $0 }
      return log(max(Double(rows), 0.5) / max(Double(count - rows), 0.5))
    }
  }

  /// Replaces logits z by σ(z) − y, and adds up the loss max(z, 0) − z·y + log(1 + exp(−|z|)).
  package func turnIntoResiduals(
    _ logits: inout [Float], start: Int, count: Int, intercepts: [Float], _ piece: inout ObjectivePiece
  ) {
    for label in 0..<classCount {
      var (loss, total) = (0.0, 0.0)
      for row in 0..<count {
        let logit = logits[label * count + row] + intercepts[label]
        let target: Float = positives[label * self.count + start + row] ? 1 : 0
        let decay = exp(-abs(logit))
        loss += Double(max(logit, 0) - logit * target + log1p(decay))
        let residual = (logit >= 0 ? 1 : decay) / (1 + decay) - target
        logits[label * count + row] = residual
        total += Double(residual)
      }
      piece.loss += loss
      piece.interceptGradient[label] += total
    }
  }
}
