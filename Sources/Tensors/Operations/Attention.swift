#if DoublePrecision
  import CVectorKernelsDouble
#else
  import CVectorKernels
#endif

extension Tape {
  /// Scaled-dot-product attention of H heads from a fused projection (Vaswani et al., 2017).
  ///
  /// qkv [B, N, 3D], the thirds q, k, v each head-major → [B, N, D]. Scores of one head and one tile of queries
  /// live in a buffer that fits a core's cache; the backward computes them again from log-sum-exps [B, H, N].
  public func attention(_ qkv: Tensor, headCount: Int) -> Tensor {
    let geometry = AttentionGeometry(qkv.shape, headCount: headCount)
    let (batch, tokens, width, head) = (geometry.batch, geometry.tokens, geometry.width, geometry.head)
    let stride = 3 * width
    let output = allocate([batch, tokens, width])
    let logSums = allocate([batch, headCount, tokens])
    do {
      let scores = allocate([geometry.tile, tokens])
      geometry.forEachTile { sample, h, queries in
        let base = qkv.pointer + sample * tokens * stride + h * head
        let q = base + queries.lowerBound * stride
        gemm(
          queries.count, tokens, head, q, stride: stride, .none, base + width, stride: stride, .transposed,
          beta: 0,
          scores.pointer, stride: tokens)
        vk_softmax(
          scores.pointer, queries.count, tokens, tokens, geometry.scale,
          logSums.pointer + (sample * headCount + h) * tokens + queries.lowerBound)
        gemm(
          queries.count, head, tokens, scores.pointer, stride: tokens, .none, base + 2 * width,
          stride: stride, .none,
          beta: 0, output.pointer + (sample * tokens + queries.lowerBound) * width + h * head, stride: width)
      }
    }

    return record(output, from: qkv) { [unowned self] upstream in
      guard let slot = qkv.gradient else { return }
      precondition(slot.value == nil, "attention: its projection has another reader")
      let target = slot.accumulator(shape: qkv.shape, pool: pool).pointer
      let probabilities = allocate([geometry.tile, tokens])
      let scoreGradients = allocate([geometry.tile, tokens])
      geometry.forEachTile { sample, h, queries in
        let base = qkv.pointer + sample * tokens * stride + h * head
        let gradientBase = target + sample * tokens * stride + h * head
        let start = queries.lowerBound
        let q = base + start * stride
        let g = upstream.pointer + (sample * tokens + start) * width + h * head
        let rest: Scalar = start == 0 ? 0 : 1
        let (p, ds) = (probabilities.pointer, scoreGradients.pointer)
        gemm(
          queries.count, tokens, head, q, stride: stride, .none, base + width, stride: stride, .transposed,
          beta: 0,
          p, stride: tokens)
        vk_softmax_again(
          p, queries.count, tokens, tokens, geometry.scale,
          logSums.pointer + (sample * headCount + h) * tokens + start)
        // dV = Pᵀ·g; dP = g·Vᵀ; dS = scale·P∘(dP − Σ dP∘P); dQ = dS·K; dK = dSᵀ·Q
        gemm(
          tokens, head, queries.count, p, stride: tokens, .transposed, g, stride: width, .none, beta: rest,
          gradientBase + 2 * width, stride: stride)
        gemm(
          queries.count, tokens, head, g, stride: width, .none, base + 2 * width, stride: stride, .transposed,
          beta: 0,
          ds, stride: tokens)
        vk_softmax_backward(p, ds, queries.count, tokens, tokens, geometry.scale)
        gemm(
          queries.count, head, tokens, ds, stride: tokens, .none, base + width, stride: stride, .none,
          beta: 0,
          gradientBase + start * stride, stride: stride)
        gemm(
          tokens, head, queries.count, ds, stride: tokens, .transposed, q, stride: stride, .none, beta: rest,
          gradientBase + width, stride: stride)
      }
    }
  }
}

private struct AttentionGeometry {
  let batch, tokens, width, headCount, head, tile: Int
  let scale: Scalar

  init(_ shape: [Int], headCount: Int) {
    precondition(
      shape.count == 3 && shape[2] % (3 * headCount) == 0,
      "attention: a projection of shape \(shape) does not split into 3 × \(headCount) heads")
    batch = shape[0]
    tokens = shape[1]
    width = shape[2] / 3
    self.headCount = headCount
    head = width / headCount
    scale = 1 / Scalar(head).squareRoot()
    // Two tiles of scores stay within half a megabyte, the half of a typical second-level cache.
    tile = max(1, min(tokens, 65_536 / tokens))
  }

  /// Visits (sample, head, range of queries), queries innermost and ascending.
  @inline(__always)
  func forEachTile(_ body: (_ sample: Int, _ head: Int, _ queries: Range<Int>) -> Void) {
    for sample in 0..<batch {
      for h in 0..<headCount {
        var start = 0
        while start < tokens {
          body(sample, h, start..<min(start + tile, tokens))
          start += tile
        }
      }
    }
  }
}
