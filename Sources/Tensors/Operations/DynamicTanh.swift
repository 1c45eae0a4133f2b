#if DoublePrecision
  import CVectorKernelsDouble
#else
  import CVectorKernels
#endif

extension Tape {
  /// y = γ∘tanh(α·x) + β (Zhu et al., 2025): x [..., width], α [1]; γ, β [width] or nil for 1 and 0.
  public func dynamicTanh(_ x: Tensor, alpha: Tensor, weight: Tensor?, bias: Tensor?) -> Tensor {
    let (rows, width, factor) = (x.rows, x.width, alpha.scalar)
    precondition(
      (weight?.count ?? width) == width && (bias?.count ?? width) == width,
      "dynamicTanh: input \(x.shape), weight \(weight?.shape ?? []), bias \(bias?.shape ?? [])")
    let y = allocate(x.shape)
    let buffer = y.buffer
    let compute = { [unowned self, unowned buffer] in
      let input = x.pointer
      timed(.norms) {
        vk_dynamic_tanh(input, factor, weight?.pointer, bias?.pointer, buffer.pointer, rows, width)
      }
    }
    compute()
    trace(.dynamicTanh(x, alpha: factor, weight: weight, bias: bias), y)

    return record(y, from: x, alpha, weight, bias, restore: compute) { [unowned self] upstream in
      // The kernel computes all gradients in one pass; those that nobody wants go to waste.
      let unwanted = x.gradient == nil ? allocate(x.shape) : nil
      let target = x.gradient?.accumulator(shape: x.shape, pool: pool)
      let spare = weight != nil && weight?.gradient == nil ? zeros([width]) : nil
      let weightTarget = zeroedAccumulator(weight) ?? spare?.pointer
      let biasTarget = zeroedAccumulator(bias)
      let input = x.pointer
      timed(.norms) {
        let gradient = vk_dynamic_tanh_backward(
          input, factor, weight?.pointer, upstream.pointer, target?.pointer ?? unwanted?.pointer,
          target?.beta == 1 ? 1 : 0, weightTarget, biasTarget, rows, width)
        zeroedAccumulator(alpha)?.pointee += Scalar(gradient)
      }
    }
  }
}
