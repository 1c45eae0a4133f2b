import Foundation
import Platform

/// The objective of multinomial logistic regression, (1/n)·Σ CE + (λ/2)·‖W‖²; see `LinearObjective`.
package struct SoftmaxObjective: LinearObjective {
  /// Features, row-major `[labels.count, width]`.
  package let values: [Float]
  /// Class of each row.
  package let labels: [Int]
  /// Number of rows.
  package var count: Int { labels.count }
  /// ½: of softmax (Böhning, 1992).
  package static let curvature = 0.5
  /// Features a row.
  package let width: Int
  /// Number of classes.
  package let classCount: Int
  /// The penalty λ.
  package var l2: Double
  /// Threads to use at most.
  package let threads: Int

  /// Holds the data. Labels must be below `classCount`.
  package init(
    values: [Float], labels: [Int], width: Int, classCount: Int, l2: Double,
    threads: Int = MachineCapacity.coreCount
  ) {
    precondition(!labels.isEmpty && values.count == labels.count * width, "SoftmaxObjective: sizes")
    precondition(l2 >= 0, "SoftmaxObjective: a penalty is at least 0")
    self.values = values
    self.labels = labels
    self.width = width
    self.classCount = classCount
    self.l2 = l2
    self.threads = threads
  }

  /// The intercepts that give each class its share of the rows, at mean 0.
  package var priorIntercepts: [Double] {
    var rows = [Double](repeating: 0, count: classCount)
    for label in labels { rows[label] += 1 }
    let logarithms = rows.map { log(max($0, 0.5)) }
    let mean = logarithms.reduce(0, +) / Double(rows.count)
    return logarithms.map { $0 - mean }
  }

  /// Replaces logits by softmax − one-hot, and adds up the loss.
  package func turnIntoResiduals(
    _ logits: inout [Float], start: Int, count: Int, intercepts: [Float], _ piece: inout ObjectivePiece
  ) {
    var maxima = [Float](repeating: -.infinity, count: count)
    for label in 0..<classCount {
      for row in 0..<count {
        let logit = logits[label * count + row] + intercepts[label]
        logits[label * count + row] = logit
        maxima[row] = max(maxima[row], logit)
      }
    }
    for row in 0..<count {
      piece.loss -= Double(logits[labels[start + row] * count + row] - maxima[row])
    }
    var sums = [Float](repeating: 0, count: count)
    for label in 0..<classCount {
      for row in 0..<count {
        let exponential = exp(logits[label * count + row] - maxima[row])
        logits[label * count + row] = exponential
        sums[row] += exponential
      }
    }
    for row in 0..<count {
      piece.loss += log(Double(sums[row]))
      sums[row] = 1 / sums[row]
    }
    for label in 0..<classCount {
      var total = 0.0
      for row in 0..<count {
        var residual = logits[label * count + row] * sums[row]
        if labels[start + row] == label { residual -= 1 }
        logits[label * count + row] = residual
        total += Double(residual)
      }
      piece.interceptGradient[label] += total
    }
  }
}
