#if DoublePrecision
  import CVectorKernelsDouble
#else
  import CVectorKernels
#endif

extension Tape {
  /// y = γ·(x − μ)/σ + β over the last axis, σ² the biased variance plus ε (Ba et al., 2016).
  ///
  /// x [..., width]; γ, β [width] or nil for 1 and 0. The variance is taken around the mean in a second pass, so
  /// that an offset far above the spread costs no digits.
  public func layerNorm(_ x: Tensor, weight: Tensor?, bias: Tensor?, epsilon: Scalar) -> Tensor {
    norm(
      x, weight: weight, bias: bias, epsilon: epsilon, mean: allocate([x.rows]), counted: x.width, "layerNorm"
    )
  }

  /// y = γ·x/√(mean x² + ε) + β over the last axis (Zhang & Sennrich, 2019), ε inside the root.
  ///
  /// x [..., width]; γ, β [width] or nil for 1 and 0. The mean is over the first `leading` entries of a row, nil for all.
  public func rmsNorm(
    _ x: Tensor, weight: Tensor?, bias: Tensor? = nil, epsilon: Scalar, leading: Int? = nil
  ) -> Tensor {
    let counted = leading ?? x.width
    precondition((1...x.width).contains(counted), "rmsNorm: the first \(counted) entries of \(x.shape)")
    return norm(x, weight: weight, bias: bias, epsilon: epsilon, mean: nil, counted: counted, "rmsNorm")
  }

  /// The common part of both: with `mean`, which receives the means, rows are centred first.
  private func norm(
    _ x: Tensor, weight: Tensor?, bias: Tensor?, epsilon: Scalar, mean: Tensor?, counted: Int, _ name: String
  ) -> Tensor {
    let (rows, width) = (x.rows, x.width)
    precondition(
      (weight?.count ?? width) == width && (bias?.count ?? width) == width,
      "\(name): input \(x.shape), weight \(weight?.shape ?? []), bias \(bias?.shape ?? [])")
    let y = allocate(x.shape)
    let inverse = allocate([rows])  // 1/σ
    let buffer = y.buffer
    let compute = { [unowned self, unowned buffer] in
      let input = x.pointer
      timed(.norms) {
        vk_norm(
          input, weight?.pointer, bias?.pointer, buffer.pointer, mean?.pointer, inverse.pointer, rows, width,
          counted, epsilon)
      }
    }
    compute()
    let noted = RowNorm(weight: weight, bias: bias, epsilon: epsilon, centers: mean != nil)
    trace(.rowNorm(x, noted, leading: counted), y)

    return record(y, from: x, weight, bias, restore: compute) { [unowned self] upstream in
      let weightTarget = zeroedAccumulator(weight)
      let biasTarget = zeroedAccumulator(bias)
      let target = x.gradient?.accumulator(shape: x.shape, pool: pool)
      let input = x.pointer
      timed(.norms) {
        vk_norm_backward(
          input, weight?.pointer, upstream.pointer, mean?.pointer, inverse.pointer, target?.pointer,
          target?.beta == 1 ? 1 : 0, weightTarget, biasTarget, rows, width, counted)
      }
    }
  }
}
