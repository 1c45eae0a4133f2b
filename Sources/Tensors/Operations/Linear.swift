extension Tape {
  /// y = x·Wᵀ + b (+ r·residual): x [..., inputs], W [outputs, inputs], b [outputs] → [..., outputs].
  ///
  /// The residual, of y's shape, is added in the pass that lays down the bias, before the product.
  public func linear(
    _ x: Tensor, weight: Tensor, bias: Tensor? = nil, addingTo residual: Tensor? = nil,
    residualScale: Scalar = 1
  ) -> Tensor {
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
    show(weight, x)
    let buffer = y.buffer
    let compute = { [unowned self, unowned buffer] in
      let (input, target) = (x.pointer, buffer.pointer)
      let hasStart = layStart(
        of: target, rows, outputs, bias: bias, residual: residual, residualScale: residualScale)
      gemm(
        rows, outputs, inputs, input, stride: inputs, .none, weight.pointer, stride: inputs, .transposed,
        beta: hasStart ? 1 : 0, target, stride: outputs)
    }
    compute()
    trace(
      .linear(x, weight: weight, bias: bias, residual: residual, residualScale: residualScale), y)

    let residualSlot = residual?.gradient  // not the residual: its values may go
    return record(y, from: x, weight, bias, residual, restore: compute) { [unowned self] upstream in
      if let slot = weight.gradient {
        let (target, beta) = slot.accumulator(shape: weight.shape, pool: pool)
        gemm(
          outputs, inputs, rows, upstream.pointer, stride: outputs, .transposed, x.pointer, stride: inputs,
          .none,
          beta: beta, target, stride: inputs)
      }
      addBiasGradient(bias, upstream, rows: rows)
      if let slot = x.gradient {
        let (target, beta) = slot.accumulator(shape: x.shape, pool: pool)
        gemm(
          rows, inputs, outputs, upstream.pointer, stride: outputs, .none, weight.pointer, stride: inputs,
          .none,
          beta: beta, target, stride: inputs)
      }
      residualSlot?.add(upstream, scaledBy: residualScale, pool: pool)
    }
  }

  /// Writes r·residual + bias into `y` [rows, width]; false when there is neither.
  func layStart(
    of y: UnsafeMutablePointer<Scalar>, _ rows: Int, _ width: Int, bias: Tensor?, residual: Tensor?,
    residualScale: Scalar
  ) -> Bool {
    if bias == nil && residual == nil { return false }
    let skip = residual?.pointer
    timed(.biasesAndResiduals) {
      switch (bias, skip) {
      case (nil, nil): break
      case (let bias?, nil):
        for row in 0..<rows { (y + row * width).update(from: bias.pointer, count: width) }
      case (nil, let skip?):
        accumulate(y, beta: 0, skip, scaledBy: residualScale, rows * width)
      case (let bias?, let skip?):
        for row in 0..<rows {
          add(skip + row * width, scaledBy: residualScale, bias.pointer, width, into: y + row * width)
        }
      }
    }
    return true
  }

  /// Adds the column sums of `upstream` [rows, bias] to the gradient of a bias, if somebody wants it.
  func addBiasGradient(_ bias: Tensor?, _ upstream: Tensor, rows: Int) {
    guard let bias, let slot = bias.gradient else { return }
    let (target, beta) = slot.accumulator(shape: bias.shape, pool: pool)
    timed(.biasesAndResiduals) {
      columnSums(upstream.pointer, rows: rows, columns: bias.count, beta: beta, into: target)
    }
  }
}
