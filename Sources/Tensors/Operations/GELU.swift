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
    let buffer = y.buffer
    let compute = { [unowned self, unowned buffer] in
      let input = x.pointer
      timed(.gelu) { vk_gelu(input, bias.pointer, buffer.pointer, rows, width) }
    }
    compute()

    return record(y, from: x, bias, restore: compute) { [unowned self] upstream in
      let dx = allocate(x.shape)
      let biasTarget = zeroedAccumulator(bias)
      let input = x.pointer
      timed(.gelu) {
        vk_gelu_backward(input, bias.pointer, upstream.pointer, dx.pointer, nil, biasTarget, rows, width)
      }
      x.gradient?.add(dx, pool: pool)
    }
  }
}
