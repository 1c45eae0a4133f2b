#if DoublePrecision
  import CVectorKernelsDouble
#else
  import CVectorKernels
#endif

/// The parameters of a LayerNorm (centred) or RMSNorm of rows; weight and bias [width], nil for 1 and 0.
public struct RowNorm {
  package let weight, bias: Tensor?
  package let epsilon: Scalar
  package let centers: Bool

  /// Creates a norm.
  public init(weight: Tensor?, bias: Tensor?, epsilon: Scalar, centers: Bool) {
    self.weight = weight
    self.bias = bias
    self.epsilon = epsilon
    self.centers = centers
  }
}

extension Tape {
  /// Norms of each head's query, key and value inside of a fused projection: qkv [B, N, 3D], the thirds head-major, a
  /// norm or nil for each third → [B, N, 3D]. The same as norms between `splitHeads` and `joinHeads`, without the copies.
  public func normedHeads(_ qkv: Tensor, headCount: Int, _ norms: [RowNorm?]) -> Tensor {
    precondition(
      qkv.width % (3 * headCount) == 0 && norms.count == 3,
      "normedHeads: \(norms.count) norms for \(qkv.shape) of \(headCount) heads")
    let (rows, third) = (qkv.rows, qkv.width / 3)
    let head = third / headCount
    precondition(
      norms.allSatisfy { ($0?.weight?.count ?? head) == head && ($0?.bias?.count ?? head) == head },
      "normedHeads: heads of width \(head)")
    let y = allocate(qkv.shape)
    let (mean, inverse) = (allocate([3, rows, headCount]), allocate([3, rows, headCount]))  // inverse: 1/σ
    let buffer = y.buffer
    let compute = { [unowned self, unowned buffer] in
      let (input, output) = (qkv.pointer, buffer.pointer)
      timed(.norms) {
        for (part, norm) in norms.enumerated() {
          let (weight, bias) = (norm?.weight?.pointer, norm?.bias?.pointer)
          for row in 0..<rows {
            let (start, statistics) = ((3 * row + part) * third, (part * rows + row) * headCount)
            guard let norm else {
              (output + start).update(from: input + start, count: third)
              continue
            }
            vk_norm(
              input + start, weight, bias, output + start, norm.centers ? mean.pointer + statistics : nil,
              inverse.pointer + statistics, headCount, head, head, norm.epsilon)
          }
        }
      }
    }
    compute()
    trace(.headNorms(qkv, headCount: headCount, norms), y)

    let parameters = norms.map { ($0?.weight, $0?.bias) }
    return record(
      y, from: qkv, parameters[0].0, parameters[0].1, parameters[1].0, parameters[1].1, parameters[2].0,
      parameters[2].1, restore: compute
    ) { [unowned self] upstream in
      let target = qkv.gradient?.accumulator(shape: qkv.shape, pool: pool)
      let input = qkv.pointer
      timed(.norms) {
        for (part, norm) in norms.enumerated() {
          let weight = norm?.weight?.pointer
          let (weightTarget, biasTarget) = (zeroedAccumulator(norm?.weight), zeroedAccumulator(norm?.bias))
          for row in 0..<rows {
            let (start, statistics) = ((3 * row + part) * third, (part * rows + row) * headCount)
            let g = upstream.pointer + start
            guard let norm else {
              if let (target, beta) = target { accumulate(target + start, beta: beta, g, third) }
              continue
            }
            vk_norm_backward(
              input + start, weight, g, norm.centers ? mean.pointer + statistics : nil,
              inverse.pointer + statistics, target.map { $0.pointer + start }, target?.beta == 1 ? 1 : 0,
              weightTarget, biasTarget, headCount, head, head)
          }
        }
      }
    }
  }
}
