#if DoublePrecision
  import CVectorKernelsDouble
#else
  import CVectorKernels
#endif

extension Tape {
  /// Scaled-dot-product attention of H heads from a fused projection (Vaswani et al., 2017).
  ///
  /// qkv [B, N, 3D], the thirds q, k, v each head-major → [B, N, D]. The scores of one head and one tile of queries
  /// live in a buffer that fits a core's cache; the backward computes them again from two statistics a query. All tokens
  /// are queries; only the first `keyCount` are keys and values, nil for all.
  public func attention(_ qkv: Tensor, headCount: Int, keyCount: Int? = nil) -> Tensor {
    precondition(
      qkv.shape.count == 3 && qkv.shape[2] % (3 * headCount) == 0,
      "attention: a projection of shape \(qkv.shape) does not split into 3 × \(headCount) heads")
    let (batch, tokens, width) = (qkv.shape[0], qkv.shape[1], qkv.shape[2] / 3)
    let keys = keyCount ?? tokens
    precondition((1...tokens).contains(keys), "attention: \(keys) keys among \(tokens) tokens")
    observer.onAttention?(qkv, headCount, keys)
    let head = width / headCount
    let shape = vk_attention_shape(
      batch: batch, tokens: tokens, keys: keys, heads: headCount, head: head,
      scale: 1 / Scalar(head).squareRoot())
    let output = allocate([batch, tokens, width])
    let statistics = allocate([batch, headCount, 2, vk_attention_padded(tokens)])
    let buffer = output.buffer
    let compute = { [unowned self, unowned buffer] in
      let scratch = allocate([vk_attention_scratch(shape)])
      let projected = qkv.pointer
      timed(.attention) {
        vk_attention(projected, buffer.pointer, statistics.pointer, scratch.pointer, shape)
      }
      countAttentionProducts(shape, isBackward: false)
    }
    compute()
    trace(.attention(qkv, headCount: headCount, keyCount: keys), output)

    return record(output, from: qkv, restore: compute) { [unowned self] upstream in
      guard let slot = qkv.gradient else { return }
      precondition(slot.value == nil, "attention: its projection has another reader")
      let target = slot.accumulator(shape: qkv.shape, pool: pool).pointer
      let scratch = allocate([vk_attention_scratch(shape)])
      let projected = qkv.pointer
      timed(.attention) {
        vk_attention_backward(projected, upstream.pointer, statistics.pointer, target, scratch.pointer, shape)
      }
      countAttentionProducts(shape, isBackward: true)
    }
  }

  /// What the same scores and mixtures would be as matrix products: the bound that a step is held against is that of
  /// a step whose attention is made of BLAS calls.
  private func countAttentionProducts(_ shape: vk_attention_shape, isBackward: Bool) {
    guard let onMatrixProduct = observer.onMatrixProduct else { return }
    let (tokens, keys, head) = (shape.tokens, shape.keys, shape.head)
    let width = shape.heads * head
    func product(
      _ rows: Int, _ columns: Int, _ inner: Int, _ a: Transposition, _ b: Transposition,
      strides: (Int, Int, Int)
    ) -> MatrixProductShape {
      MatrixProductShape(
        rows: rows, columns: columns, inner: inner, a: a, b: b, aStride: strides.0, bStride: strides.1,
        cStride: strides.2, accumulates: false)
    }
    let scores = product(tokens, keys, head, .none, .transposed, strides: (3 * width, 3 * width, keys))
    let mixture = product(tokens, head, keys, .none, .none, strides: (keys, 3 * width, width))
    let gathered = product(keys, head, tokens, .transposed, .none, strides: (keys, 3 * width, 3 * width))
    let ofOneHead = isBackward ? [scores, scores, mixture, gathered, gathered] : [scores, mixture]
    for _ in 0..<shape.batch * shape.heads { ofOneHead.forEach(onMatrixProduct) }
  }
}
