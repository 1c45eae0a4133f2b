#if DoublePrecision
  import CVectorKernelsDouble
#else
  import CVectorKernels
#endif

extension Tape {
  /// y = GELU(x + b), the erf form x·Φ(x) (Hendrycks & Gimpel, 2016): x [..., width], b [width].
  public func gelu(_ x: Tensor, bias: Tensor) -> Tensor {
    let rows = x.rows
    let width = x.width
    precondition(bias.count == width, "gelu: input \(x.shape), bias \(bias.shape)")
    let y = allocate(x.shape)
    timed(.gelu) { vk_gelu(x.pointer, bias.pointer, y.pointer, rows, width) }

    return record(y, from: x, bias) { [unowned self] upstream in
      let dx = allocate(x.shape)
      let biasTarget = zeroedAccumulator(bias)
      let input = x.pointer
      timed(.gelu) {
        vk_gelu_backward(input, bias.pointer, upstream.pointer, dx.pointer, nil, biasTarget, rows, width)
      }
      x.gradient?.add(dx, pool: pool)
    }
  }

  /// y = GELU(x + b₁)·Wᵀ + b₂ (+ residual): x [..., hidden], W [outputs, hidden].
  ///
  /// The activation is not kept: its backward computes it again beside the derivative, which needs the same
  /// exponential, so a block holds one hidden tensor instead of two.
  public func geluLinear(
    _ x: Tensor, inputBias: Tensor, weight: Tensor, bias: Tensor, addingTo residual: Tensor? = nil
  ) -> Tensor {
    let hidden = x.width
    let outputs = weight.shape[0]
    let rows = x.rows
    precondition(
      weight.shape[1] == hidden && inputBias.count == hidden && bias.count == outputs,
      "geluLinear: input \(x.shape), weight \(weight.shape), biases \(inputBias.shape) and \(bias.shape)")
    let y = allocate(x.shape.dropLast() + [outputs])
    precondition(
      residual.map { $0.shape == y.shape } ?? true,
      "geluLinear: residual \(residual?.shape ?? []), output \(y.shape)")
    _ = layStart(of: y.pointer, rows, outputs, bias: bias, residual: residual)
    do {
      let activation = allocate(x.shape)
      timed(.gelu) { vk_gelu(x.pointer, inputBias.pointer, activation.pointer, rows, hidden) }
      gemm(
        rows, outputs, hidden, activation.pointer, stride: hidden, .none, weight.pointer, stride: hidden,
        .transposed,
        beta: 1, y.pointer, stride: outputs)
    }

    return record(y, from: x, inputBias, weight, bias, residual) { [unowned self] upstream in
      let activation = allocate(x.shape)
      let dx = allocate(x.shape)
      gemm(
        rows, hidden, outputs, upstream.pointer, stride: outputs, .none, weight.pointer, stride: hidden,
        .none,
        beta: 0, dx.pointer, stride: hidden)
      let inputBiasTarget = zeroedAccumulator(inputBias)
      let input = x.pointer
      timed(.gelu) {
        vk_gelu_backward(
          input, inputBias.pointer, dx.pointer, dx.pointer, activation.pointer, inputBiasTarget, rows, hidden)
      }
      if let slot = weight.gradient {
        let (target, beta) = slot.accumulator(shape: weight.shape, pool: pool)
        gemm(
          outputs, hidden, rows, upstream.pointer, stride: outputs, .transposed, activation.pointer,
          stride: hidden,
          .none, beta: beta, target, stride: hidden)
      }
      addBiasGradient(bias, upstream, rows: rows)
      x.gradient?.add(dx, pool: pool)
      residual?.gradient?.add(upstream, pool: pool)
    }
  }
}
