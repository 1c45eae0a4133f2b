#if DoublePrecision
  import CVectorKernelsDouble
#else
  import CVectorKernels
#endif

extension Tape {
  /// y = γ∘(x − μ)·f + β over the last axis, or y = γ∘x·f + β where nothing is centred; no statistic but the mean of a
  /// row has a part in it.
  ///
  /// x [..., W]; γ, β [W] or nil for 1 and 0; f [rows], constants, or nil for 1.
  public func affineChannels(
    _ x: Tensor, weight: Tensor?, bias: Tensor?, centers: Bool = false, rowFactors: Tensor? = nil
  ) -> Tensor {
    let (rows, width) = (x.rows, x.width)
    precondition(
      (weight?.count ?? width) == width && (bias?.count ?? width) == width
        && (rowFactors?.count ?? rows) == rows,
      "affineChannels: input \(x.shape), weight \(weight?.shape ?? []), bias \(bias?.shape ?? []), "
        + "factors \(rowFactors?.shape ?? [])")
    let y = allocate(x.shape)
    let buffer = y.buffer
    let compute = { [unowned self, unowned buffer] in
      let input = x.pointer
      timed(.norms) {
        vk_affine(
          input, weight?.pointer, bias?.pointer, rowFactors?.pointer, centers ? 1 : 0, buffer.pointer, rows,
          width)
      }
    }
    compute()
    trace(
      .affineChannels(x, weight: weight, bias: bias, centers: centers, rowFactors: rowFactors), y)

    return record(y, from: x, weight, bias, restore: compute) { [unowned self] upstream in
      let weightTarget = zeroedAccumulator(weight)
      let biasTarget = zeroedAccumulator(bias)
      let target = x.gradient?.accumulator(shape: x.shape, pool: pool)
      let input = x.pointer
      timed(.norms) {
        vk_affine_backward(
          input, weight?.pointer, upstream.pointer, rowFactors?.pointer, centers ? 1 : 0, target?.pointer,
          target?.beta == 1 ? 1 : 0, weightTarget, biasTarget, rows, width)
      }
    }
  }

  /// √(σ² + ε) of each row of x [..., W], σ² its biased variance: no operation, a statistic that nothing is
  /// differentiated through.
  package func deviations(_ x: Tensor, epsilon: Scalar) -> Tensor {
    let (rows, width) = (x.rows, x.width)
    let input = x.pointer
    let result = allocate([rows])
    timed(.norms) {
      for row in 0..<rows {
        let source = input + row * width
        let mean = sum(source, width) / Scalar(width)
        result.pointer[row] = (squares(source, around: mean, width) / Scalar(width) + epsilon).squareRoot()
      }
    }
    return result
  }
}

/// Σ (a[i] − mean)².
private func squares(_ a: UnsafePointer<Scalar>, around mean: Scalar, _ count: Int) -> Scalar {
  var total = Vector.zero
  var index = 0
  while index + vectorWidth <= count {
    let difference = a.vector(index) - mean
    total += difference * difference
    index += vectorWidth
  }
  var rest = total.sum()
  while index < count {
    rest += (a[index] - mean) * (a[index] - mean)
    index += 1
  }
  return rest
}
