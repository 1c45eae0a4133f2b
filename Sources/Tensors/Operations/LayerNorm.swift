extension Tape {
  /// y = γ·(x − μ)/σ + β over the last axis, σ² the biased variance plus ε (Ba et al., 2016).
  ///
  /// x [..., width]; γ, β [width] or nil for 1 and 0. The variance is taken around the mean in a second pass, so
  /// that an offset far above the spread costs no digits.
  public func layerNorm(_ x: Tensor, weight: Tensor?, bias: Tensor?, epsilon: Scalar) -> Tensor {
    let width = x.width
    let rows = x.rows
    precondition(
      (weight?.count ?? width) == width && (bias?.count ?? width) == width,
      "layerNorm: input \(x.shape), weight \(weight?.shape ?? []), bias \(bias?.shape ?? [])")
    let y = allocate(x.shape)
    let mean = allocate([rows])
    let inverse = allocate([rows])  // 1/σ
    for row in 0..<rows {
      let input = UnsafePointer(x.pointer + row * width)
      let mu = sum(input, width) / Scalar(width)
      let variance = squaredDeviation(input, from: mu, width) / Scalar(width)
      let r = 1 / (variance + epsilon).squareRoot()
      mean.pointer[row] = mu
      inverse.pointer[row] = r
      normalize(
        input, shift: mu, scale: r, weight?.pointer, bias?.pointer, width, into: y.pointer + row * width)
    }

    return record(y, from: x, weight, bias) { [unowned self] upstream in
      let weightTarget = weight?.gradient?.accumulator(shape: [width], pool: pool)
      let biasTarget = bias?.gradient?.accumulator(shape: [width], pool: pool)
      for target in [weightTarget, biasTarget] {
        if let target, target.beta == 0 { target.pointer.update(repeating: 0, count: width) }
      }
      let inputTarget = x.gradient?.accumulator(shape: x.shape, pool: pool)
      for row in 0..<rows {
        let g = UnsafePointer(upstream.pointer + row * width)
        let input = UnsafePointer(x.pointer + row * width)
        let mu = mean.pointer[row]
        let r = inverse.pointer[row]
        if let biasTarget { addInPlace(biasTarget.pointer, g, width) }
        if let weightTarget {
          addScaledProduct(g, input, shift: mu, scale: r, width, into: weightTarget.pointer)
        }
        guard let (target, beta) = inputTarget else { continue }
        // h = γ∘g; dx = (h − mean h − x̂·mean(h∘x̂))/σ
        let (meanH, meanHX) = projections(g, input, weight?.pointer, shift: mu, scale: r, width)
        addNormGradient(
          g, input, weight?.pointer, shift: mu, scale: r, meanH, meanHX, beta: beta, width,
          into: target + row * width)
      }
    }
  }
}

/// Σ (x − μ)².
@inline(__always)
func squaredDeviation(_ x: UnsafePointer<Scalar>, from mean: Scalar, _ width: Int) -> Scalar {
  let shift = Vector(repeating: mean)
  var total = Vector.zero
  var index = 0
  while index + vectorWidth <= width {
    let centred = x.vector(index) - shift
    total += centred * centred
    index += vectorWidth
  }
  var rest = total.sum()
  while index < width {
    rest += (x[index] - mean) * (x[index] - mean)
    index += 1
  }
  return rest
}

/// y = γ·(x − shift)·scale + β.
@inline(__always)
func normalize(
  _ x: UnsafePointer<Scalar>, shift: Scalar, scale: Scalar, _ weight: UnsafePointer<Scalar>?,
  _ bias: UnsafePointer<Scalar>?, _ width: Int, into y: UnsafeMutablePointer<Scalar>
) {
  let shifts = Vector(repeating: shift)
  var index = 0
  while index + vectorWidth <= width {
    var value = (x.vector(index) - shifts) * scale
    if let weight { value *= weight.vector(index) }
    if let bias { value += bias.vector(index) }
    y.store(value, index)
    index += vectorWidth
  }
  while index < width {
    y[index] = (x[index] - shift) * scale * (weight?[index] ?? 1) + (bias?[index] ?? 0)
    index += 1
  }
}

/// target += g∘(x − shift)·scale: one row's part of the gradient of γ.
@inline(__always)
func addScaledProduct(
  _ g: UnsafePointer<Scalar>, _ x: UnsafePointer<Scalar>, shift: Scalar, scale: Scalar, _ width: Int,
  into target: UnsafeMutablePointer<Scalar>
) {
  let shifts = Vector(repeating: shift)
  var index = 0
  while index + vectorWidth <= width {
    target.store(target.vector(index) + g.vector(index) * ((x.vector(index) - shifts) * scale), index)
    index += vectorWidth
  }
  while index < width {
    target[index] += g[index] * ((x[index] - shift) * scale)
    index += 1
  }
}

/// (mean h, mean h∘x̂) with h = γ∘g and x̂ = (x − shift)·scale.
@inline(__always)
func projections(
  _ g: UnsafePointer<Scalar>, _ x: UnsafePointer<Scalar>, _ weight: UnsafePointer<Scalar>?, shift: Scalar,
  scale: Scalar, _ width: Int
) -> (Scalar, Scalar) {
  let shifts = Vector(repeating: shift)
  var sumH = Vector.zero
  var sumHX = Vector.zero
  var index = 0
  while index + vectorWidth <= width {
    var h = g.vector(index)
    if let weight { h *= weight.vector(index) }
    sumH += h
    sumHX += h * ((x.vector(index) - shifts) * scale)
    index += vectorWidth
  }
  var totalH = sumH.sum()
  var totalHX = sumHX.sum()
  while index < width {
    let h = g[index] * (weight?[index] ?? 1)
    totalH += h
    totalHX += h * ((x[index] - shift) * scale)
    index += 1
  }
  return (totalH / Scalar(width), totalHX / Scalar(width))
}

/// target = beta·target + (h − meanH − x̂·meanHX)·scale.
@inline(__always)
func addNormGradient(
  _ g: UnsafePointer<Scalar>, _ x: UnsafePointer<Scalar>, _ weight: UnsafePointer<Scalar>?, shift: Scalar,
  scale: Scalar, _ meanH: Scalar, _ meanHX: Scalar, beta: Scalar, _ width: Int,
  into target: UnsafeMutablePointer<Scalar>
) {
  let shifts = Vector(repeating: shift)
  let means = Vector(repeating: meanH)
  var index = 0
  while index + vectorWidth <= width {
    var h = g.vector(index)
    if let weight { h *= weight.vector(index) }
    var value = (h - means - (x.vector(index) - shifts) * scale * meanHX) * scale
    if beta != 0 { value += target.vector(index) }
    target.store(value, index)
    index += vectorWidth
  }
  while index < width {
    let h = g[index] * (weight?[index] ?? 1)
    let value = (h - meanH - (x[index] - shift) * scale * meanHX) * scale
    target[index] = beta == 0 ? value : target[index] + value
    index += 1
  }
}
