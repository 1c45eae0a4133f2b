import Foundation

extension Tensor {
  /// The mean entropy, in nats, of the attention that a fused projection [B, N, 3D] leads to: over samples, heads and
  /// queries.
  ///
  /// 0 when every query reads one token, ln N when it reads all of them alike; only the first `keyCount` tokens are read. For diagnosis: the fused kernel of
  /// `Tape.attention` keeps no probabilities, so the scores are computed here once more.
  package func attentionEntropy(headCount: Int, keyCount: Int? = nil) -> Double {
    precondition(
      shape.count == 3 && width % (3 * headCount) == 0,
      "attentionEntropy: a projection of shape \(shape) does not split into 3 × \(headCount) heads")
    let (batch, tokens, third) = (shape[0], shape[1], width / 3)
    let (head, keys) = (third / headCount, keyCount ?? tokens)
    let scores = Tensor(shape: [tokens, keys])
    var sum = 0.0
    for sample in 0..<batch {
      for index in 0..<headCount {
        let queries = pointer + sample * tokens * width + index * head
        BLAS.gemm(
          tokens, keys, head, alpha: 1 / Scalar(head).squareRoot(), queries, stride: width, .none,
          queries + third, stride: width, .transposed, beta: 0, scores.pointer, stride: keys)
        for query in 0..<tokens { sum += softmaxEntropy(scores.pointer + query * keys, keys) }
      }
    }
    return sum / Double(batch * headCount * tokens)
  }
}

/// ln Σ eᵗ − Σ t·eᵗ / Σ eᵗ with t the scores below their largest.
private func softmaxEntropy(_ scores: UnsafePointer<Scalar>, _ count: Int) -> Double {
  var largest = scores[0]
  for index in 0..<count { largest = max(largest, scores[index]) }
  var (total, weighted): (Scalar, Scalar) = (0, 0)
  for index in 0..<count {
    let distance = scores[index] - largest
    let share = exp(distance)
    total += share
    weighted += distance * share
  }
  return Double(log(total) - weighted / total)
}
