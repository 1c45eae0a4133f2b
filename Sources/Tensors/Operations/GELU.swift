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
    return activated(x, bias: bias, by: .gelu, width: width) { input, bias, output in
      vk_gelu(input, bias, output, rows, width)
    } backward: { input, bias, upstream, dx, biasTarget in
      vk_gelu_backward(input, bias, upstream, dx, nil, biasTarget, rows, width)
    }
  }
}
