import Platform
import Tensors

/// An upper bound of a linear objective's Hessian, the same for every class: c·XᵀX/n + λ·I, with c = ½ for softmax
/// (Böhning, 1992) and ¼ for the logistic function.
///
/// Its inverse preconditions L-BFGS: frozen features are so correlated that plain L-BFGS needs many hundreds of steps
/// at weak penalties, and about a tenth of that with it.
package struct CurvatureBound: Sendable {
  private let second: [Double]  // XᵀX/n, [width, width]
  private let width: Int
  private let classCount: Int
  private let curvature: Double
  /// Rows that the second moments are taken over: enough for a bound that need not be exact.
  private static let rowLimit = 20_000

  /// Takes the second moments of `values`, [rows, width] and standardised; `curvature` is c.
  package init(
    values: [Float], width: Int, classCount: Int, curvature: Double = SoftmaxObjective.curvature, threads: Int
  ) {
    let count = values.count / width
    let rows = min(count, Self.rowLimit)
    // Every stride-th block, so that sorted classes all take part.
    let block = 256
    let stride = max(1, count / rows)
    let blocks = Swift.stride(from: 0, to: count, by: block * stride).map { $0 }
    let pieces = parallelMap(count: 8, threads: threads) { piece in
      var sum = [Float](repeating: 0, count: width * width)
      for start in Swift.stride(from: piece, to: blocks.count, by: 8).map({ blocks[$0] }) {
        matrixProduct(
          rows: width, columns: width, inner: min(block, count - start), values, .transposed,
          aRowOffset: start,
          values, bRowOffset: start, beta: 1, into: &sum)
      }
      return sum
    }
    let used = blocks.reduce(0) { $0 + min(block, count - $1) }
    var second = [Double](repeating: 0, count: width * width)
    for piece in pieces {
      for index in second.indices { second[index] += Double(piece[index]) / Double(used) }
    }
    self.second = second
    self.width = width
    self.classCount = classCount
    self.curvature = curvature
  }

  /// Applies the inverse bound at penalty `l2` to a vector laid out like the objective's parameters; nil when the
  /// bound cannot be factored.
  package func inverse(l2: Double) -> ((inout [Double]) -> Void)? {
    var bound = second.map { curvature * $0 }
    // The ridge beyond λ keeps constant or doubled columns from spoiling the factor.
    for index in 0..<width { bound[index * width + index] += l2 + 1e-6 }
    guard let factor = Cholesky(bound, order: width) else { return nil }
    return { [width, classCount, curvature] vector in
      factor.solve(&vector, count: classCount)
      for index in classCount * width..<vector.count { vector[index] /= curvature }
    }
  }
}
