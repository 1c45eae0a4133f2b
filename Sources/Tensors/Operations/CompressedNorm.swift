#if DoublePrecision
  import CVectorKernelsDouble
#else
  import CVectorKernels
#endif

extension Tape {
  /// y = γ·x/√((Σx² + (Σx)²)/(W + 1) + ε) over the last axis: RMSNorm of the vector of W + 1 entries whose sum is 0 and
  /// whose last entry, −Σx, is not stored (Jiang et al., 2023).
  ///
  /// x [..., W]; γ [W] or nil for 1.
  public func crmsNorm(_ x: Tensor, weight: Tensor?, epsilon: Scalar) -> Tensor {
    let (rows, width) = (x.rows, x.width)
    precondition(
      (weight?.count ?? width) == width, "crmsNorm: input \(x.shape), weight \(weight?.shape ?? [])")
    let y = allocate(x.shape)
    let (sums, inverse) = (allocate([rows]), allocate([rows]))
    let buffer = y.buffer
    let compute = { [unowned self, unowned buffer] in
      let input = x.pointer
      timed(.norms) {
        vk_crms_norm(
          input, weight?.pointer, buffer.pointer, sums.pointer, inverse.pointer, rows, width, epsilon)
      }
    }
    compute()
    trace(.compressedNorm(x, weight: weight, epsilon: epsilon), y)

    return record(y, from: x, weight, restore: compute) { [unowned self] upstream in
      let weightTarget = zeroedAccumulator(weight)
      let target = x.gradient?.accumulator(shape: x.shape, pool: pool)
      let input = x.pointer
      timed(.norms) {
        vk_crms_norm_backward(
          input, weight?.pointer, upstream.pointer, sums.pointer, inverse.pointer, target?.pointer,
          target?.beta == 1 ? 1 : 0, weightTarget, rows, width)
      }
    }
  }

  /// The first W entries of each row of x [..., W + 1] less the row's mean: what is stored of a vector of sum 0.
  public func compressed(_ x: Tensor) -> Tensor {
    let (rows, full) = (x.rows, x.width)
    let width = full - 1
    precondition(width > 0, "compressed: nothing would be left of \(x.shape)")
    let y = allocate(x.shape.dropLast() + [width])
    let buffer = y.buffer
    let compute = { [unowned buffer] in
      let (input, target) = (x.pointer, buffer.pointer)
      for row in 0..<rows {
        let source = input + row * full
        addConstant(source, -sum(source, full) / Scalar(full), width, into: target + row * width)
      }
    }
    compute()
    trace(.compressed(x), y)

    return record(y, from: x, restore: compute) { [unowned self] upstream in
      guard let (target, beta) = x.gradient?.accumulator(shape: x.shape, pool: pool) else { return }
      for row in 0..<rows {
        let (g, goal) = (upstream.pointer + row * width, target + row * full)
        let mean = sum(g, width) / Scalar(full)
        for index in 0..<width { goal[index] = (beta == 0 ? 0 : goal[index]) + g[index] - mean }
        goal[width] = (beta == 0 ? 0 : goal[width]) - mean
      }
    }
  }

  /// Each row with minus its sum behind it: x [..., W] → [..., W + 1], whose rows have the sum 0.
  public func expanded(_ x: Tensor) -> Tensor {
    let (rows, width) = (x.rows, x.width)
    let y = allocate(x.shape.dropLast() + [width + 1])
    let buffer = y.buffer
    let compute = { [unowned buffer] in
      let (input, target) = (x.pointer, buffer.pointer)
      for row in 0..<rows {
        let (source, goal) = (input + row * width, target + row * (width + 1))
        goal.update(from: source, count: width)
        goal[width] = -sum(source, width)
      }
    }
    compute()
    trace(.expanded(x), y)

    return record(y, from: x, restore: compute) { [unowned self] upstream in
      guard let (target, beta) = x.gradient?.accumulator(shape: x.shape, pool: pool) else { return }
      for row in 0..<rows {
        let (g, goal) = (upstream.pointer + row * (width + 1), target + row * width)
        if beta == 0 {
          addConstant(g, -g[width], width, into: goal)
        } else {
          for index in 0..<width { goal[index] += g[index] - g[width] }
        }
      }
    }
  }
}
