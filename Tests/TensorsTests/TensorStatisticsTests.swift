import Foundation
import Tensors
import TestSupport
import Testing

/// What diagnosis reads off tensors, against sums written out.
@Suite("Tensor statistics")
struct TensorStatisticsTests {
  private let close = bound(single: 2e-6, double: 1e-13)

  @Test(arguments: [[3, 1], [2, 5, 7], [4, 33]])
  func momentsAreThoseOfTheVectors(shape: [Int]) {
    let x = Tensor.random(shape, seed: 3, scale: 2, shift: 5)
    let width = shape[shape.count - 1]
    let vectors = stride(from: 0, to: x.count, by: width).map { start in
      x.values[start..<start + width].map { Double($0) }
    }
    let meanSquare = vectors.joined().reduce(0) { $0 + $1 * $1 } / Double(x.count)
    let variances = vectors.map { vector -> Double in
      let mean = vector.reduce(0, +) / Double(width)
      return vector.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(width)
    }
    let variance = variances.reduce(0, +) / Double(variances.count)
    let found = x.vectorMoments
    #expect(relativeError([found.meanSquare, found.variance], [meanSquare, variance]) <= 1e-13)
  }

  @Test func comparisonsOfPartsAreThoseOfTheWhole() {
    let (a, b) = (Tensor.random([6, 5], seed: 1), Tensor.random([6, 5], seed: 2))
    let parts = a.slice(0..<2).compared(to: b.slice(0..<2)) + a.slice(2..<6).compared(to: b.slice(2..<6))
    let (x, y) = (a.values.map { Double($0) }, b.values.map { Double($0) })
    func norm(_ v: [Double]) -> Double { v.reduce(0) { $0 + $1 * $1 }.squareRoot() }
    let cosine = zip(x, y).reduce(0) { $0 + $1.0 * $1.1 } / norm(x) / norm(y)
    #expect(
      relativeError(
        [parts.rotation, parts.relativeDistance], [1 - cosine, norm(zip(x, y).map { $0 - $1 }) / norm(y)])
        <= 1e-13)
    #expect(a.compared(to: a).relativeDistance == 0 && abs(a.compared(to: a).rotation) <= 1e-15)
  }

  @Test(arguments: [(1, 1), (2, 3), (3, 17)])
  func entropyIsThatOfTheProbabilities(batch: Int, tokens: Int) {
    let (heads, head) = (3, 5)
    let width = heads * head
    let qkv = Tensor.random([batch, tokens, 3 * width], seed: 7, scale: 1.5)
    let values = qkv.values.map { Double($0) }
    var sum = 0.0
    for sample in 0..<batch {
      for index in 0..<heads {
        for query in 0..<tokens {
          let scores = (0..<tokens).map { key in
            (0..<head).reduce(0.0) { dot, channel in
              let q = ((sample * tokens + query) * 3) * width + index * head + channel
              let k = ((sample * tokens + key) * 3 + 1) * width + index * head + channel
              return dot + values[q] * values[k]
            } / Double(head).squareRoot()
          }
          let total = scores.reduce(0) { $0 + exp($1) }
          sum -= scores.reduce(0) { $0 + exp($1) / total * log(exp($1) / total) }
        }
      }
    }
    let wanted = sum / Double(batch * heads * tokens)
    #expect(relativeError([qkv.attentionEntropy(headCount: heads)], [wanted]) <= close)
  }

  @Test func entropyLiesBetweenOneTokenAndAllOfThem() {
    let even = Tensor(shape: [1, 9, 12])
    #expect(abs(even.attentionEntropy(headCount: 2) - log(9)) <= close)
    // Keys that are far apart on the queries' one direction.
    let sharp = Tensor(
      shape: [1, 9, 3], values: (0..<9).flatMap { [Scalar(1), Scalar(100 * $0), Scalar(0)] })
    #expect(abs(sharp.attentionEntropy(headCount: 1)) <= close)
    #expect(Tensor(shape: [1, 2, 3], repeating: .nan).attentionEntropy(headCount: 1).isNaN)
  }
}
