import Foundation
import Tensors
import TestSupport
import Testing

/// Losses that compare rows, against their definitions in double precision.
@Suite("Comparisons of rows")
struct ComparisonTests {
  private let tape = Tape(.training)

  /// 300 rows against 5000 keys take two blocks.
  @Test(arguments: [(6, 9, 5), (300, 5000, 3), (1, 1, 1)])
  func contrastiveLossIsItsDefinition(rows: Int, count: Int, width: Int) {
    let queries = Tensor.random([rows, width], seed: 1)
    let keys = Tensor.random([count, width], seed: 2)
    let positives = (0..<rows).map { ($0 * 7 + 3) % count }
    let excluded = (0..<rows).map {
      ($0 * 5 + (count > 1 ? 1 + (positives[$0] == ($0 * 5 + 1) % count ? 1 : 0) : 0)) % count
    }
    let temperature = 0.4
    let (q, k) = (queries.values.map { Double($0) }, keys.values.map { Double($0) })
    var total = 0.0
    for row in 0..<rows {
      var sum = 0.0
      var positive = 0.0
      for key in 0..<count {
        let score = (0..<width).reduce(0.0) { $0 + q[row * width + $1] * k[key * width + $1] } / temperature
        if key == positives[row] { positive = score }
        if count == 1 || key != excluded[row] { sum += exp(score) }
      }
      total += log(sum) - positive
    }
    let loss = tape.contrastiveLoss(
      queries, keys, positives: positives, excluded: count > 1 ? excluded : nil,
      temperature: Scalar(temperature))
    #expect(
      relativeError([Double(loss.scalar)], [total / Double(rows)]) <= bound(single: 2e-6, double: 1e-13))
  }

  /// A score of minus infinity counts for nothing; scores in the thousands do not overflow.
  @Test func softmaxKeepsItsMeaning() {
    let x = Tensor(shape: [2, 3], values: [3000, -.infinity, 2990, -1, -1, -1])
    let y = softmaxRows(x, temperature: 2, pool: BufferPool()).values.map { Double($0) }
    let second = exp(-5.0)
    let wanted = [1 / (1 + second), 0, second / (1 + second), 1.0 / 3, 1.0 / 3, 1.0 / 3]
    #expect(relativeError(y, wanted) <= bound(single: 1e-6, double: 1e-14))
    let broken = softmaxRows(Tensor(shape: [1, 2], values: [.nan, 0]), temperature: 1, pool: BufferPool())
    #expect(broken.values.allSatisfy { $0.isNaN })
  }

  @Test func aCentreIsSubtracted() {
    let x = Tensor.random([2, 5], seed: 1)
    let centre = Tensor.random([5], seed: 2)
    let moved = Tensor(
      shape: [2, 5], values: (0..<10).map { x.values[$0] - centre.values[$0 % 5] })
    let pool = BufferPool()
    #expect(
      softmaxRows(x, centre: centre, temperature: 0.1, pool: pool).values
        == softmaxRows(moved, temperature: 0.1, pool: pool).values)
  }

  /// Only the first keys are read, whatever the others hold.
  @Test(arguments: [1, 3, 16, 17])
  func tokensThatAreNoKeysAreNotRead(keyCount: Int) {
    let (tokens, width) = (20, 12)
    let qkv = Tensor.random([2, tokens, 3 * width], seed: 3)
    var changed = qkv.values
    for sample in 0..<2 {
      for token in keyCount..<tokens {
        for channel in width..<3 * width { changed[(sample * tokens + token) * 3 * width + channel] = .nan }
      }
    }
    let output = tape.attention(qkv, headCount: 3, keyCount: keyCount)
    let other = tape.attention(Tensor(shape: qkv.shape, values: changed), headCount: 3, keyCount: keyCount)
    #expect(output.values == other.values && output.isFinite)
    // With the keys alone, the queries among them see what they see among all.
    for sample in 0..<2 {
      let start = sample * tokens
      let projection = Array(qkv.values[start * 3 * width..<(start + keyCount) * 3 * width])
      let alone = tape.attention(Tensor(shape: [1, keyCount, 3 * width], values: projection), headCount: 3)
      let found = Array(output.values[start * width..<(start + keyCount) * width])
      #expect(relativeError(found, to: alone.values) <= bound(single: 1e-6, double: 1e-14))
    }
  }

  @Test func whatIsNotRecordedHasNoGradient() {
    let parameter = ParameterStore().root.parameter(
      "w", shape: [2, 3], role: .matrix(.other), initial: .ones)
    let y = tape.withoutRecording { tape.relu(tape(parameter)) }
    let z = tape.concatenated([y, tape.relu(tape(parameter))])
    tape.backward(from: z, gradient: Tensor(shape: [4, 3], repeating: 1))
    #expect(tape.gradient(of: parameter)?.values == [Scalar](repeating: 1, count: 6))
  }
}
