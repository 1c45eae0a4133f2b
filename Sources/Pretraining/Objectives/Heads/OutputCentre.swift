import Tensors

/// The slow mean of a teacher's outputs, which is taken off them so that no output wins everywhere (Caron et al., 2021).
struct OutputCentre: Sendable {
  private let buffer: Parameter
  private let momentum: Double

  /// Declares the buffer `center` [K], zeros.
  init(outputs: Int, momentum: Double, scope: ParameterScope) {
    buffer = scope.buffer("center", shape: [outputs], initial: .zeros)
    self.momentum = momentum
  }

  /// The present centre [K]; on several lanes to be read before `follow`.
  var value: Tensor { buffer.value }

  /// c ← m·c + (1 − m)·(mean of the rows of all lanes), outputs [n, K]. An all-reduce; the leading lane writes.
  ///
  /// Rows that are not finite leave no trace: their step changes no weight either.
  func follow(_ outputs: Tensor, _ tape: Tape) {
    let width = outputs.width
    var sums = [Double](repeating: 0, count: width + 1)
    let values = outputs.values
    for row in 0..<outputs.rows {
      for column in 0..<width { sums[column] += Double(values[row * width + column]) }
    }
    sums[width] = Double(outputs.rows)
    tape.context.collective?.allReduce(&sums)
    guard tape.writesBuffers, sums.allSatisfy(\.isFinite) else { return }
    let count = sums[width]
    buffer.assign(
      zip(buffer.value.values, sums).map { Scalar(momentum * Double($0) + (1 - momentum) * $1 / count) })
  }
}
