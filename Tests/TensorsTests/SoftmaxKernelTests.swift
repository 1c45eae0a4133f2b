#if DoublePrecision
  import CVectorKernelsDouble
#else
  import CVectorKernels
#endif
import Foundation
import Tensors
import TestSupport
import Testing

/// Softmax of rows, its repetition and its gradient against double precision.
@Suite("Softmax kernel")
struct SoftmaxKernelTests {
  private let tolerance = bound(single: 1e-6, double: 1e-14)

  private func softmax(_ scores: [Scalar], rows: Int, columns: Int, stride: Int, scale: Scalar) -> (
    probabilities: [Scalar], logSums: [Scalar]
  ) {
    var p = scores
    var logSums = [Scalar](repeating: .nan, count: rows)
    vk_softmax(&p, rows, columns, stride, scale, &logSums)
    return (p, logSums)
  }

  private func naive(_ row: [Scalar], scale: Scalar) -> (probabilities: [Double], logSum: Double) {
    let scores = row.map { Double($0) * Double(scale) }
    let largest = scores.max() ?? 0
    let total = scores.reduce(0) { $0 + exp($1 - largest) }
    return (scores.map { exp($0 - largest) / total }, largest + log(total))
  }

  struct Example: Sendable, CustomTestStringConvertible {
    let columns, padding: Int
    let scale: Scalar
    let magnitude: Double
    var testDescription: String { "\(columns) columns + \(padding), \(scale)·N(0, \(magnitude))" }

    static let all = [1, 2, 13, 16, 33, 300].flatMap { columns in
      [
        Example(columns: columns, padding: 0, scale: 1, magnitude: 1),
        Example(columns: columns, padding: 5, scale: 0.125, magnitude: 8),
        Example(columns: columns, padding: 0, scale: 0.5, magnitude: 1e4),
      ]
    }
  }

  @Test(arguments: Example.all)
  func matchesTheDefinition(_ example: Example) {
    let (rows, columns, stride) = (4, example.columns, example.columns + example.padding)
    let scores = Tensor.random([rows, stride], seed: 1, scale: example.magnitude).values
    let result = softmax(scores, rows: rows, columns: columns, stride: stride, scale: example.scale)
    for row in 0..<rows {
      let range = row * stride..<row * stride + columns
      let wanted = naive(Array(scores[range]), scale: example.scale)
      let p = result.probabilities[range].map { Double($0) }
      #expect(relativeError(p, wanted.probabilities) <= tolerance)
      #expect(abs(p.reduce(0, +) - 1) <= tolerance)
      #expect(relativeError([Double(result.logSums[row])], [wanted.logSum]) <= tolerance)
      #expect(
        result.probabilities[range.upperBound..<(row + 1) * stride]
          == scores[range.upperBound..<(row + 1) * stride])
    }
  }

  /// Without its reductions: the logarithm of the sum, about 10 here, is rounded before exp.
  @Test(arguments: [1, 13, 300], [0, 3])
  func theRepetitionAgrees(columns: Int, padding: Int) {
    let (rows, stride) = (5, columns + padding)
    let scores = Tensor.random([rows, stride], seed: 2, scale: 8).values
    let first = softmax(scores, rows: rows, columns: columns, stride: stride, scale: 0.5)
    var again = scores
    vk_softmax_again(&again, rows, columns, stride, 0.5, first.logSums)
    #expect(relativeError(again, to: first.probabilities) <= tolerance * 10)
  }

  @Test(arguments: [1, 13, 33, 300], [0, 3])
  func theGradientMatchesTheDefinition(columns: Int, padding: Int) {
    let (rows, stride) = (3, columns + padding)
    let scores = Tensor.random([rows, stride], seed: 3, scale: 2).values
    let p = softmax(scores, rows: rows, columns: columns, stride: stride, scale: 1).probabilities
    let upstream = Tensor.random([rows, stride], seed: 4).values
    var gradient = upstream
    vk_softmax_backward(p, &gradient, rows, columns, stride, 0.25)
    let wanted = (0..<rows * stride).map { place -> Double in
      let row = place / stride * stride
      guard place - row < columns else { return Double(upstream[place]) }
      let dot = (row..<row + columns).reduce(0.0) { $0 + Double(p[$1]) * Double(upstream[$1]) }
      return 0.25 * Double(p[place]) * (Double(upstream[place]) - dot)
    }
    #expect(relativeError(gradient.map { Double($0) }, wanted) <= tolerance)
  }

  @Test func minusInfinityGetsNothing() {
    let scores: [Scalar] = [1, -.infinity, 2, -.infinity, 0]
    let p = softmax(scores, rows: 1, columns: 5, stride: 5, scale: 1).probabilities
    #expect(p[1] == 0 && p[3] == 0)
    #expect(relativeError(p.map { Double($0) }, naive(scores, scale: 1).probabilities) <= tolerance)
  }

  @Test(arguments: [1, 5, 17, 40])
  func equalScoresShareEvenly(columns: Int) {
    for score in [Scalar(0), 1e30, -1e30] {
      let scores = [Scalar](repeating: score, count: columns)
      let p = softmax(scores, rows: 1, columns: columns, stride: columns, scale: 1).probabilities
      #expect(relativeError(p.map { Double($0) }, scores.map { _ in 1 / Double(columns) }) <= tolerance)
    }
  }

  /// Wherever it stands, in a vector or after the last whole one.
  @Test(arguments: [0, 3, 16, 33], [Scalar.nan, .infinity])
  func brokenScoresStayVisible(at index: Int, value: Scalar) {
    let columns = 34
    var scores = Tensor.random([2, columns], seed: 5).values
    scores[index] = value
    let p = softmax(scores, rows: 2, columns: columns, stride: columns, scale: 1).probabilities
    #expect(p[index].isNaN)
    #expect(p[columns...].allSatisfy { $0.isFinite })
  }
}
