#if DoublePrecision
  import CVectorKernelsDouble
#else
  import CVectorKernels
#endif
import Foundation
import Tensors
import TestSupport
import Testing

/// Tiled attention against its naive twin in double precision, and what follows from its definition.
@Suite("Attention", .serialized)
struct AttentionTests {
  struct Example: Sendable, CustomTestStringConvertible {
    let batch, tokens, width, heads: Int
    var testDescription: String { "[\(batch), \(tokens), \(width)], \(heads) heads" }
  }

  /// 257 and 400 tokens take several tiles of queries. Sums of 400 probabilities cost 1e-6 of the largest.
  @Test(arguments: [
    Example(batch: 1, tokens: 1, width: 8, heads: 2), Example(batch: 2, tokens: 17, width: 39, heads: 3),
    Example(batch: 3, tokens: 50, width: 64, heads: 1), Example(batch: 1, tokens: 257, width: 12, heads: 2),
    Example(batch: 1, tokens: 400, width: 20, heads: 4), Example(batch: 2, tokens: 13, width: 64, heads: 2),
    Example(batch: 1, tokens: 197, width: 96, heads: 2), Example(batch: 1, tokens: 64, width: 16, heads: 1),
    Example(batch: 1, tokens: 1100, width: 16, heads: 1),
  ])
  func matchesItsNaiveTwin(_ example: Example) throws {
    try expectNaiveTwin(example)
  }

  /// The kernels of older CPUs, which this one runs as well.
  @Test(arguments: [1, 3], [(2, 17, 39, 3), (1, 131, 64, 2), (3, 7, 16, 1)])
  func everyInstructionSetMatches(level: Int32, _ shape: (Int, Int, Int, Int)) throws {
    vk_limit_attention_level(level)
    defer { vk_limit_attention_level(4) }
    try expectNaiveTwin(Example(batch: shape.0, tokens: shape.1, width: shape.2, heads: shape.3))
  }

  /// A score far above the others takes everything, one far below nothing.
  @Test func largeScoresKeepTheirMeaning() {
    let (tokens, width) = (3, 2)
    // Queries 1000, keys 1000, −1000 and 999: scores in the millions.
    let qkv = [[1000, 0, 1000, 0, 1, 2], [1000, 0, -1000, 0, 3, 4], [1000, 0, 999, 0, 5, 6]].flatMap {
      $0.map { Scalar($0) }
    }
    let output = Tape(.evaluating).attention(
      Tensor(shape: [1, tokens, 3 * width], values: qkv), headCount: 1)
    #expect(output.values == [1, 2, 1, 2, 1, 2])
  }

  /// Wherever it stands, in a vector or after the last whole one: the query that it belongs to shows it, all do when
  /// it is a key's.
  @Test(arguments: [0, 3, 16, 33], [Scalar.nan, .infinity])
  func brokenInputStaysVisible(at token: Int, value: Scalar) {
    let (tokens, width) = (34, 4)
    for isKey in [false, true] {
      var qkv = Tensor.random([1, tokens, 3 * width], seed: 5).values
      qkv[token * 3 * width + (isKey ? width : 0)] = value
      let output = Tape(.evaluating).attention(
        Tensor(shape: [1, tokens, 3 * width], values: qkv), headCount: 1
      ).values
      let broken = (0..<tokens).filter { output[$0 * width].isNaN }
      #expect(
        value.isInfinite ? broken.contains(token) || isKey : broken == (isKey ? Array(0..<tokens) : [token]))
      #expect(!broken.isEmpty)
    }
  }

  private func expectNaiveTwin(_ example: Example) throws {
    let qkv = Tensor.random([example.batch, example.tokens, 3 * example.width], seed: 1)
    let upstream = Tensor.random([example.batch, example.tokens, example.width], seed: 2)
    let tape = Tape(.training)
    let variable = tape.variable(qkv)
    let output = tape.attention(variable, headCount: example.heads)
    tape.backward(from: output, gradient: upstream)
    let naive = NaiveAttention(
      qkv.values.map { Double($0) }, upstream: upstream.values.map { Double($0) }, example)
    let tolerance = bound(single: 2e-6, double: 1e-14)
    #expect(relativeError(output.values.map { Double($0) }, naive.output) <= tolerance)
    let gradient = try #require(tape.gradient(of: variable)).values.map { Double($0) }
    #expect(relativeError(gradient, naive.gradient) <= tolerance)
  }

  @Test func withoutQueriesItIsTheMeanOfTheValues() {
    let (tokens, width) = (7, 6)
    var qkv = Tensor.random([1, tokens, 3 * width], seed: 1).values
    for token in 0..<tokens {
      for column in 0..<width { qkv[token * 3 * width + column] = 0 }
    }
    let tape = Tape(.evaluating)
    let output = tape.attention(Tensor(shape: [1, tokens, 3 * width], values: qkv), headCount: 2).values
    let mean = (0..<width).map { column in
      (0..<tokens).reduce(0.0) { $0 + Double(qkv[$1 * 3 * width + 2 * width + column]) } / Double(tokens)
    }
    let wanted = (0..<tokens).flatMap { _ in mean }
    #expect(relativeError(output.map { Double($0) }, wanted) <= bound(single: 2e-7, double: 1e-15))
  }

  /// A constant added to every key shifts all scores of a row alike.
  @Test func aConstantInAllKeysChangesNothing() {
    let (tokens, width) = (9, 8)
    let qkv = Tensor.random([1, tokens, 3 * width], seed: 1)
    let shifted = qkv.values.enumerated().map { index, value in
      (width..<2 * width).contains(index % (3 * width)) ? value + 0.5 : value
    }
    let tape = Tape(.evaluating)
    let output = tape.attention(qkv, headCount: 2)
    let other = tape.attention(Tensor(shape: qkv.shape, values: shifted), headCount: 2)
    #expect(relativeError(other, to: output) <= bound(single: 1e-6, double: 1e-15))
  }
}

/// softmax(q·kᵀ/√d)·v and its gradient, one score at a time.
private struct NaiveAttention {
  var output: [Double]
  var gradient: [Double]

  init(_ qkv: [Double], upstream: [Double], _ shape: AttentionTests.Example) {
    let (tokens, width) = (shape.tokens, shape.width)
    let head = width / shape.heads
    let scale = 1 / Double(head).squareRoot()
    output = [Double](repeating: 0, count: upstream.count)
    gradient = [Double](repeating: 0, count: qkv.count)
    for sample in 0..<shape.batch {
      for h in 0..<shape.heads {
        func place(_ third: Int, _ token: Int, _ k: Int) -> Int {
          (sample * tokens + token) * 3 * width + third * width + h * head + k
        }
        func outputPlace(_ token: Int, _ k: Int) -> Int { (sample * tokens + token) * width + h * head + k }
        for query in 0..<tokens {
          let scores = (0..<tokens).map { key in
            scale * (0..<head).reduce(0) { $0 + qkv[place(0, query, $1)] * qkv[place(1, key, $1)] }
          }
          let largest = scores.max() ?? 0
          let exponentials = scores.map { exp($0 - largest) }
          let total = exponentials.reduce(0, +)
          let p = exponentials.map { $0 / total }
          let dp = (0..<tokens).map { key in
            (0..<head).reduce(0) { $0 + upstream[outputPlace(query, $1)] * qkv[place(2, key, $1)] }
          }
          let mean = zip(p, dp).reduce(0) { $0 + $1.0 * $1.1 }
          for key in 0..<tokens {
            let ds = scale * p[key] * (dp[key] - mean)
            for k in 0..<head {
              output[outputPlace(query, k)] += p[key] * qkv[place(2, key, k)]
              gradient[place(2, key, k)] += p[key] * upstream[outputPlace(query, k)]
              gradient[place(0, query, k)] += ds * qkv[place(1, key, k)]
              gradient[place(1, key, k)] += ds * qkv[place(0, query, k)]
            }
          }
        }
      }
    }
  }
}
