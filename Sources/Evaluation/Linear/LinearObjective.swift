import Platform
import Tensors

/// An objective of linear scores, (1/n)·Σ loss + (λ/2)·‖W‖², and its gradient.
///
/// Parameters are one Float64 vector: W row-major `[classCount, width]`, then the `classCount` intercepts,
/// which are not penalised. Products run in Float32, sums over rows and the penalty in Float64. Rows are cut
/// into pieces fixed by the sizes alone, so results are bit-identical for any number of threads.
///
/// Logits are held as `[classCount, rows]`: with few classes OpenBLAS does W·Xᵀ and R·X in this layout
/// 1.3 times as fast as X·Wᵀ and Xᵀ·R, and the loops over rows are contiguous.
package protocol LinearObjective: Sendable {
  /// Features, row-major `[count, width]`.
  var values: [Float] { get }
  /// Number of rows.
  var count: Int { get }
  /// Features a row.
  var width: Int { get }
  /// Number of classes.
  var classCount: Int { get }
  /// The penalty λ.
  var l2: Double { get set }
  /// Threads to use at most.
  var threads: Int { get }
  /// The intercepts that fit best where W is 0.
  var priorIntercepts: [Double] { get }
  /// The loss's second derivative in the logits of a row is this times the identity at most.
  static var curvature: Double { get }

  /// Replaces logits without intercepts, `[classCount, count]` of the rows from `start`, by the derivatives of their
  /// losses, and adds these and the losses up.
  func turnIntoResiduals(
    _ logits: inout [Float], start: Int, count: Int, intercepts: [Float], _ piece: inout ObjectivePiece)
}

/// Sums over a piece of the rows.
package struct ObjectivePiece: Sendable {
  /// The losses.
  package var loss = 0.0
  /// The gradient of W, `[classCount, width]`.
  package var weightGradient: [Float]
  /// The gradient of the intercepts.
  package var interceptGradient: [Double]
}

/// Rows a product: with width 784 their features stay in a second-level cache between both products.
private let blockRows = 256

extension LinearObjective {
  /// Number of parameters.
  package var parameterCount: Int { classCount * (width + 1) }

  /// The objective and its gradient at `parameters`.
  package func evaluate(at parameters: [Double]) -> (value: Double, gradient: [Double]) {
    let weightCount = classCount * width
    let weights = parameters[..<weightCount].map { Float($0) }
    let intercepts = parameters[weightCount...].map { Float($0) }
    let pieceCount = min(32, max(4, 64_000_000 / weightCount))
    let ranges = rowRanges(count: count, pieces: pieceCount, multiple: blockRows)
    let pieces = parallelMap(count: ranges.count, threads: threads) { index in
      piece(rows: ranges[index], weights: weights, intercepts: intercepts)
    }

    let scale = 1 / Double(count)
    var value = 0.0
    var gradient = [Double](repeating: 0, count: parameterCount)
    for piece in pieces {
      value += piece.loss
      for index in 0..<weightCount { gradient[index] += Double(piece.weightGradient[index]) }
      for index in 0..<classCount { gradient[weightCount + index] += piece.interceptGradient[index] }
    }
    value *= scale
    var squaredNorm = 0.0
    for index in 0..<weightCount {
      gradient[index] = gradient[index] * scale + l2 * parameters[index]
      squaredNorm += parameters[index] * parameters[index]
    }
    for index in weightCount..<parameterCount { gradient[index] *= scale }
    return (value + 0.5 * l2 * squaredNorm, gradient)
  }

  private func piece(rows: Range<Int>, weights: [Float], intercepts: [Float]) -> ObjectivePiece {
    var piece = ObjectivePiece(
      weightGradient: [Float](repeating: 0, count: classCount * width),
      interceptGradient: [Double](repeating: 0, count: classCount))
    var logits = [Float](repeating: 0, count: classCount * blockRows)
    for start in stride(from: rows.lowerBound, to: rows.upperBound, by: blockRows) {
      let count = min(blockRows, rows.upperBound - start)
      matrixProduct(
        rows: classCount, columns: count, inner: width, weights, .none, values, .transposed,
        bRowOffset: start,
        into: &logits)
      turnIntoResiduals(&logits, start: start, count: count, intercepts: intercepts, &piece)
      matrixProduct(
        rows: classCount, columns: width, inner: count, logits, .none, values, bRowOffset: start, beta: 1,
        into: &piece.weightGradient)
    }
    return piece
  }
}
