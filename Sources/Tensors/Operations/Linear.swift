extension Tape {
  /// y = x·Wᵀ + b (+ residual): x [..., inputs], W [outputs, inputs], b [outputs] → [..., outputs].
  ///
  /// The residual, of y's shape, is added in the pass that lays down the bias, before the product.
  public func linear(_ x: Tensor, weight: Tensor, bias: Tensor? = nil, addingTo residual: Tensor? = nil)
    -> Tensor
  {
    let inputs = weight.shape[1]
    let outputs = weight.shape[0]
    precondition(x.width == inputs, "linear: input \(x.shape), weight \(weight.shape)")
    precondition(
      bias.map { $0.count == outputs } ?? true, "linear: bias \(bias?.shape ?? []), weight \(weight.shape)")
    let rows = x.rows
    let y = allocate(x.shape.dropLast() + [outputs])
    precondition(
      residual.map { $0.shape == y.shape } ?? true,
      "linear: residual \(residual?.shape ?? []), output \(y.shape)")
    let hasStart = layStart(of: y, rows: rows, bias: bias, residual: residual)
    gemm(
      rows, outputs, inputs, x.pointer, stride: inputs, .none, weight.pointer, stride: inputs, .transposed,
      beta: hasStart ? 1 : 0, y.pointer, stride: outputs)

    return record(y, from: x, weight, bias, residual) { [unowned self] upstream in
      if let slot = weight.gradient {
        let (target, beta) = slot.accumulator(shape: weight.shape, pool: pool)
        gemm(
          outputs, inputs, rows, upstream.pointer, stride: outputs, .transposed, x.pointer, stride: inputs,
          .none,
          beta: beta, target, stride: inputs)
      }
      if let bias, let slot = bias.gradient {
        let (target, beta) = slot.accumulator(shape: bias.shape, pool: pool)
        columnSums(upstream.pointer, rows: rows, columns: outputs, beta: beta, into: target)
      }
      if let slot = x.gradient {
        let (target, beta) = slot.accumulator(shape: x.shape, pool: pool)
        gemm(
          rows, inputs, outputs, upstream.pointer, stride: outputs, .none, weight.pointer, stride: inputs,
          .none,
          beta: beta, target, stride: inputs)
      }
      residual?.gradient?.add(upstream, pool: pool)
    }
  }

  /// Writes residual + bias into `y`; false when there is neither.
  func layStart(of y: Tensor, rows: Int, bias: Tensor?, residual: Tensor?) -> Bool {
    let width = y.width
    switch (bias, residual) {
    case (nil, nil):
      return false
    case (let bias?, nil):
      for row in 0..<rows { (y.pointer + row * width).update(from: bias.pointer, count: width) }
    case (nil, let residual?):
      y.pointer.update(from: residual.pointer, count: y.count)
    case (let bias?, let residual?):
      for row in 0..<rows {
        add(residual.pointer + row * width, bias.pointer, width, into: y.pointer + row * width)
      }
    }
    return true
  }
}
