import Platform
import Tensors

/// A linear classifier: logits x·W + b.
package struct LinearHead: Sendable, Equatable {
  /// W, row-major `[width, classCount]`.
  package var weights: [Float]
  /// b, `[classCount]`.
  package var biases: [Float]

  /// Number of classes.
  package var classCount: Int { biases.count }
  /// Features a row.
  package var width: Int { weights.count / biases.count }
  /// Whether training did not diverge.
  var isFinite: Bool { weights.allSatisfy(\.isFinite) && biases.allSatisfy(\.isFinite) }

  /// Takes given values.
  package init(weights: [Float], biases: [Float]) {
    precondition(
      !biases.isEmpty && weights.count.isMultiple(of: biases.count),
      "LinearHead: weights of \(biases.count) classes")
    self.weights = weights
    self.biases = biases
  }

  /// Weights from N(0, 0.01²) that belong to the seed and the name; biases of 0.
  init(width: Int, classCount: Int, seed: UInt64, name: String) {
    var random = RandomStream(seed: seed, purpose: .initialValue, name: name)
    self.init(
      weights: (0..<width * classCount).map { _ in Float(0.01 * random.normal()) },
      biases: [Float](repeating: 0, count: classCount))
  }

  /// Logits of features: `[rows, width]` → `[rows, classCount]`.
  package func logits(of values: [Float]) -> [Float] {
    let rows = values.count / width
    var logits = [Float](repeating: 0, count: rows * classCount)
    matrixProduct(rows: rows, columns: classCount, inner: width, values, .none, weights, into: &logits)
    for index in logits.indices { logits[index] += biases[index % classCount] }
    return logits
  }
}
