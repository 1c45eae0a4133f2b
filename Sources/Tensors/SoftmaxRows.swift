import Foundation

/// The softmax of rows of plain numbers, row-major `[rows, classes]`, for code outside the training step; operations of
/// a tape have a kernel that is vectorised (`vk_softmax_rows`), whose last bits are others.
package enum SoftmaxRows {
  /// Probabilities of unnormalised log-probabilities; sums are in double precision.
  package static func probabilities(_ logits: [Float], classes: Int) -> [Float] {
    var result = logits
    for base in stride(from: 0, to: logits.count, by: classes) {
      let row = base..<(base + classes)
      _ = exponentiate(&result, row)
      var sum = 0.0
      for index in row { sum += Double(result[index]) }
      let scale = Float(1 / sum)
      for index in row { result[index] *= scale }
    }
    return result
  }

  /// Adds `biases` to the logits and replaces them by softmax − one-hot, the gradient of the sum of the cross-entropies;
  /// returns that sum.
  package static func turnIntoResiduals(_ logits: inout [Float], biases: [Float], labels: [Int]) -> Double {
    let classes = biases.count
    var loss = 0.0
    for (row, label) in labels.enumerated() {
      let base = row * classes
      for index in 0..<classes { logits[base + index] += biases[index] }
      let own = logits[base + label]
      let largest = exponentiate(&logits, base..<(base + classes))
      var sum: Float = 0
      for index in base..<(base + classes) { sum += logits[index] }
      loss += Double(log(sum) - (own - largest))
      let scale = 1 / sum
      for index in base..<(base + classes) { logits[index] *= scale }
      logits[base + label] -= 1
    }
    return loss
  }

  /// Replaces numbers x by exp(x − largest); returns the largest.
  private static func exponentiate(_ values: inout [Float], _ range: Range<Int>) -> Float {
    var largest = -Float.infinity
    for index in range { largest = max(largest, values[index]) }
    for index in range { values[index] = exp(values[index] - largest) }
    return largest
  }
}
