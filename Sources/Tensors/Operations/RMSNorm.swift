extension Tape {
  /// y = γ·x/√(mean x² + ε) over the last axis (Zhang & Sennrich, 2019), ε inside the root.
  ///
  /// x [..., width]; γ [width] or nil for 1.
  public func rmsNorm(_ x: Tensor, weight: Tensor?, epsilon: Scalar) -> Tensor {
    let width = x.width
    let rows = x.rows
    precondition(
      (weight?.count ?? width) == width, "rmsNorm: input \(x.shape), weight \(weight?.shape ?? [])")
    let y = allocate(x.shape)
    let inverse = allocate([rows])  // 1/rms
    for row in 0..<rows {
      let input = UnsafePointer(x.pointer + row * width)
      let r = 1 / (squareSum(input, width) / Scalar(width) + epsilon).squareRoot()
      inverse.pointer[row] = r
      normalize(input, shift: 0, scale: r, weight?.pointer, nil, width, into: y.pointer + row * width)
    }

    return record(y, from: x, weight) { [unowned self] upstream in
      let weightTarget = weight?.gradient?.accumulator(shape: [width], pool: pool)
      if let weightTarget, weightTarget.beta == 0 { weightTarget.pointer.update(repeating: 0, count: width) }
      let inputTarget = x.gradient?.accumulator(shape: x.shape, pool: pool)
      for row in 0..<rows {
        let g = UnsafePointer(upstream.pointer + row * width)
        let input = UnsafePointer(x.pointer + row * width)
        let r = inverse.pointer[row]
        if let weightTarget {
          addScaledProduct(g, input, shift: 0, scale: r, width, into: weightTarget.pointer)
        }
        guard let (target, beta) = inputTarget else { continue }
        // h = γ∘g; dx = (h − x̂·mean(h∘x̂))/rms
        let (_, meanHX) = projections(g, input, weight?.pointer, shift: 0, scale: r, width)
        addNormGradient(
          g, input, weight?.pointer, shift: 0, scale: r, 0, meanHX, beta: beta, width,
          into: target + row * width)
      }
    }
  }
}

/// Σ x².
@inline(__always)
private func squareSum(_ x: UnsafePointer<Scalar>, _ width: Int) -> Scalar {
  var total = Vector.zero
  var index = 0
  while index + vectorWidth <= width {
    total += x.vector(index) * x.vector(index)
    index += vectorWidth
  }
  var rest = total.sum()
  while index < width {
    rest += x[index] * x[index]
    index += 1
  }
  return rest
}
