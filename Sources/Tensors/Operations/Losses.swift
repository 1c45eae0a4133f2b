extension Tape {
  /// Mean squared error over the rows that count: Σ_r m_r·mean_p (ŷ − y)² / Σ_r m_r.
  ///
  /// prediction, target [..., P], the target a constant; mask, one factor a row, 1 where it counts and not all 0;
  /// nil counts all rows.
  public func meanSquaredError(_ prediction: Tensor, target: Tensor, mask: [Scalar]? = nil) -> Tensor {
    let rows = prediction.rows
    let width = prediction.width
    precondition(
      prediction.count == target.count && (mask?.count ?? rows) == rows,
      "meanSquaredError: prediction \(prediction.shape), target \(target.shape), mask \(mask?.count ?? rows)")
    let total = mask?.reduce(0, +) ?? Scalar(rows)
    precondition(total > 0, "meanSquaredError: no row counts")
    var sumOfSquares = 0.0
    for row in 0..<rows {
      let factor = mask?[row] ?? 1
      guard factor != 0 else { continue }
      let square = squaredDistance(prediction.pointer + row * width, target.pointer + row * width, width)
      sumOfSquares += Double(factor * square)
    }
    let loss = allocate([1])
    loss.pointer[0] = Scalar(sumOfSquares / (Double(total) * Double(width)))

    return record(loss, from: prediction) { [unowned self] upstream in
      guard let gradient = zeroedAccumulator(prediction) else { return }
      let scale = 2 * upstream.pointer[0] / (total * Scalar(width))
      for row in 0..<rows {
        let factor = scale * (mask?[row] ?? 1)
        guard factor != 0 else { continue }
        let (predicted, wanted) = (prediction.pointer + row * width, target.pointer + row * width)
        let output = gradient + row * width
        for index in 0..<width { output[index] += factor * (predicted[index] - wanted[index]) }
      }
    }
  }

  /// Mean of |ŷ − y| over all values; prediction and the constant target are of one shape.
  public func meanAbsoluteError(_ prediction: Tensor, target: Tensor) -> Tensor {
    precondition(
      prediction.count == target.count, "meanAbsoluteError: \(prediction.shape) and \(target.shape)")
    let count = prediction.count
    var total = 0.0
    for row in 0..<prediction.rows {
      let start = row * prediction.width
      var distance: Scalar = 0
      for index in start..<start + prediction.width {
        distance += abs(prediction.pointer[index] - target.pointer[index])
      }
      total += Double(distance)
    }
    let loss = allocate([1])
    loss.pointer[0] = Scalar(total / Double(count))

    return record(loss, from: prediction) { [unowned self] upstream in
      guard let gradient = zeroedAccumulator(prediction) else { return }
      let share = upstream.pointer[0] / Scalar(count)
      for index in 0..<count {
        let difference = prediction.pointer[index] - target.pointer[index]
        gradient[index] += difference > 0 ? share : difference < 0 ? -share : 0
      }
    }
  }
}

/// Patches normalised to mean 0 and variance 1 each, the variance unbiased plus 1e-6 (He et al., 2021).
///
/// patches [B, L, P], P at least 2 → a constant of the same shape.
public func normalizedPatches(_ patches: Tensor, pool: BufferPool) -> Tensor {
  let width = patches.width
  let output = Tensor(shape: patches.shape, buffer: pool.take(patches.count))
  for row in 0..<patches.rows {
    let input = UnsafePointer(patches.pointer + row * width)
    let mean = sum(input, width) / Scalar(width)
    let variance = squaredDeviation(input, from: mean, width) / Scalar(width - 1)
    let scale = 1 / (variance + 1e-6).squareRoot()
    let target = output.pointer + row * width
    for index in 0..<width { target[index] = (input[index] - mean) * scale }
  }
  return output
}

/// Σ (a − b)².
private func squaredDistance(_ a: UnsafePointer<Scalar>, _ b: UnsafePointer<Scalar>, _ width: Int) -> Scalar {
  var total = Vector.zero
  var index = 0
  while index + vectorWidth <= width {
    let difference = a.vector(index) - b.vector(index)
    total += difference * difference
    index += vectorWidth
  }
  var rest = total.sum()
  while index < width {
    rest += (a[index] - b[index]) * (a[index] - b[index])
    index += 1
  }
  return rest
}

/// Σ (x − mean)².
private func squaredDeviation(_ x: UnsafePointer<Scalar>, from mean: Scalar, _ width: Int) -> Scalar {
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
