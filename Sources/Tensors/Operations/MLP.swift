#if DoublePrecision
  import CVectorKernelsDouble
#else
  import CVectorKernels
#endif

extension Tape {
  /// y = GELU(x·W₁ᵀ + b₁)·W₂ᵀ + b₂ (+ r·residual): x [..., inputs], W₁ [hidden, inputs], W₂ [outputs, hidden].
  ///
  /// Rows go through both products a few at a time, so that the hidden layer is still in the cache when GELU and its
  /// derivative read it. Only x·W₁ᵀ is kept for the backward pass, and not even that when blocks are recomputed.
  public func mlp(
    _ x: Tensor, hiddenWeight: Tensor, hiddenBias: Tensor, outputWeight: Tensor, outputBias: Tensor,
    addingTo residual: Tensor? = nil, residualScale: Scalar = 1
  ) -> Tensor {
    let (rows, inputs, hidden, outputs) = (x.rows, x.width, hiddenWeight.shape[0], outputWeight.shape[0])
    precondition(
      hiddenWeight.shape[1] == inputs && outputWeight.shape[1] == hidden && hiddenBias.count == hidden
        && outputBias.count == outputs,
      "mlp: input \(x.shape), weights \(hiddenWeight.shape) and \(outputWeight.shape), "
        + "biases \(hiddenBias.shape) and \(outputBias.shape)")
    let y = allocate(x.shape.dropLast() + [outputs])
    precondition(
      residual.map { $0.shape == y.shape } ?? true,
      "mlp: residual \(residual?.shape ?? []), output \(y.shape)")
    if observer.beforeProduct != nil {  // Whoever looks before a product wants the whole input of each.
      let hidden = gelu(linear(x, weight: hiddenWeight), bias: hiddenBias)
      return linear(
        hidden, weight: outputWeight, bias: outputBias, addingTo: residual, residualScale: residualScale)
    }
    let chunk = rowsInCache(rows)
    let keepsHidden = recordsGradients && context.recompute < .block
    let kept = keepsHidden ? allocate([rows, hidden]) : nil
    _ = layStart(
      of: y.pointer, rows, outputs, bias: outputBias, residual: residual, residualScale: residualScale)
    do {
      let activation = allocate([chunk, hidden])
      for start in stride(from: 0, to: rows, by: chunk) {
        let count = min(chunk, rows - start)
        let preactivation = kept.map { $0.pointer + start * hidden } ?? activation.pointer
        gemm(
          count, hidden, inputs, x.pointer + start * inputs, stride: inputs, .none, hiddenWeight.pointer,
          stride: inputs, .transposed, beta: 0, preactivation, stride: hidden)
        timed(.gelu) { vk_gelu(preactivation, hiddenBias.pointer, activation.pointer, count, hidden) }
        gemm(
          count, outputs, hidden, activation.pointer, stride: hidden, .none, outputWeight.pointer,
          stride: hidden, .transposed, beta: 1, y.pointer + start * outputs, stride: outputs)
      }
    }

    trace(
      .mlp(
        x, hiddenWeight: hiddenWeight, hiddenBias: hiddenBias, outputWeight: outputWeight,
        outputBias: outputBias, residual: residual, residualScale: residualScale), y)
    let residualSlot = residual?.gradient  // not the residual: its values may go
    return record(y, from: x, hiddenWeight, hiddenBias, outputWeight, outputBias, residual) {
      [unowned self] upstream in
      let activation = allocate([chunk, hidden])
      let gradient = allocate([chunk, hidden])
      let hiddenBiasTarget = zeroedAccumulator(hiddenBias)
      let outputTarget = outputWeight.gradient?.accumulator(shape: outputWeight.shape, pool: pool)
      let inputTarget = x.gradient?.accumulator(shape: x.shape, pool: pool)
      for start in stride(from: 0, to: rows, by: chunk) {
        let count = min(chunk, rows - start)
        let input = x.pointer + start * inputs
        let g = upstream.pointer + start * outputs
        let preactivation = kept.map { $0.pointer + start * hidden } ?? activation.pointer
        if kept == nil {
          gemm(
            count, hidden, inputs, input, stride: inputs, .none, hiddenWeight.pointer, stride: inputs,
            .transposed, beta: 0, preactivation, stride: hidden)
        }
        gemm(
          count, hidden, outputs, g, stride: outputs, .none, outputWeight.pointer, stride: hidden, .none,
          beta: 0, gradient.pointer, stride: hidden)
        timed(.gelu) {
          vk_gelu_backward(
            preactivation, hiddenBias.pointer, gradient.pointer, gradient.pointer, activation.pointer,
            hiddenBiasTarget, count, hidden)
        }
        if let (target, beta) = outputTarget {
          gemm(
            outputs, hidden, count, g, stride: outputs, .transposed, activation.pointer, stride: hidden,
            .none,
            beta: start == 0 ? beta : 1, target, stride: hidden)
        }
        if start + count == rows { finish(outputWeight) }
        if let (target, beta) = hiddenWeight.gradient?.accumulator(shape: hiddenWeight.shape, pool: pool) {
          gemm(
            hidden, inputs, count, gradient.pointer, stride: hidden, .transposed, input, stride: inputs,
            .none,
            beta: beta, target, stride: inputs)
        }
        if let (target, beta) = inputTarget {
          gemm(
            count, inputs, hidden, gradient.pointer, stride: hidden, .none, hiddenWeight.pointer,
            stride: inputs, .none, beta: beta, target + start * inputs, stride: inputs)
        }
      }
      addBiasGradient(outputBias, upstream, rows: rows)
      residualSlot?.add(upstream, scaledBy: residualScale, pool: pool)
    }
  }

  /// Rows of a part when a matrix is cut into nearly equal parts of at most 384 rows: of all tried, from 128 to the whole,
  /// the fastest on two kinds of kernel. Longer parts leave the cache, shorter ones make slow products.
  private func rowsInCache(_ rows: Int) -> Int {
    let parts = (rows + 383) / 384
    return (rows + parts - 1) / parts
  }
}
