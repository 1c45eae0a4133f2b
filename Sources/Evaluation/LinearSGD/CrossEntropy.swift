import Foundation

/// The softmax cross-entropy of logits, row-major `[rows, classes]`.
enum CrossEntropy {
  /// Adds `biases` to the logits and replaces them by softmax − one-hot, the gradient of the sum of the losses; returns
  /// that sum.
  static func turnIntoResiduals(_ logits: inout [Float], biases: [Float], labels: [Int]) -> Double {
    let classes = biases.count
    var loss = 0.0
    for (row, label) in labels.enumerated() {
      let base = row * classes
      var largest = -Float.infinity
      for index in 0..<classes {
        logits[base + index] += biases[index]
        largest = max(largest, logits[base + index])
      }
      let own = logits[base + label]
      var sum: Float = 0
      for index in base..<(base + classes) {
        logits[index] = exp(logits[index] - largest)
        sum += logits[index]
      }
      loss += Double(log(sum) - (own - largest))
      let scale = 1 / sum
      for index in base..<(base + classes) { logits[index] *= scale }
      logits[base + label] -= 1
    }
    return loss
  }
}
