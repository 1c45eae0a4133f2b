#if DoublePrecision
  import CVectorKernelsDouble
#else
  import CVectorKernels
#endif

extension Tape {
  /// Mean over rows of −log softmax(logits)[label]: logits [rows, classes], a label a row.
  ///
  /// A label that is no class makes the loss and its gradient NaN, which no training takes for a result.
  public func softmaxCrossEntropy(_ logits: Tensor, labels: [Int]) -> Tensor {
    let (rows, classes) = (logits.rows, logits.width)
    precondition(
      labels.count == rows, "softmaxCrossEntropy: \(labels.count) labels for logits \(logits.shape)")
    let areKnown = labels.allSatisfy { 0..<classes ~= $0 }
    let probabilities = allocate(logits.shape)
    let logSums = softmaxRows(logits, scale: 1, into: probabilities)
    var total = 0.0
    if areKnown {
      for row in 0..<rows { total += logSums[row] - Double(logits.pointer[row * classes + labels[row]]) }
    } else {
      total = .nan
    }
    let loss = allocate([1])
    loss.pointer[0] = Scalar(total / Double(rows))

    return record(loss, from: logits) { [unowned self] upstream in
      guard let (target, beta) = logits.gradient?.accumulator(shape: logits.shape, pool: pool) else { return }
      let share = areKnown ? upstream.pointer[0] / Scalar(rows) : .nan
      accumulate(target, beta: beta, probabilities.pointer, scaledBy: share, logits.count)
      for row in 0..<rows where areKnown { target[row * classes + labels[row]] -= share }
    }
  }

  /// The cross-entropy of given distributions: Σ_r w_r·Σ_k −t_rk·log softmax(logits_r/τ)_k / Σ_r w_r (Hinton et al., 2015).
  ///
  /// logits [..., classes]; targets of the same shape, constants, whose rows may have any sum; `weights`, one a row, not
  /// all 0, nil for 1.
  public func softCrossEntropy(
    _ logits: Tensor, targets: Tensor, temperature: Scalar = 1, weights: [Scalar]? = nil
  ) -> Tensor {
    let (rows, classes) = (logits.rows, logits.width)
    precondition(
      targets.shape == logits.shape && (weights?.count ?? rows) == rows && temperature > 0,
      "softCrossEntropy: logits \(logits.shape), targets \(targets.shape), weights \(weights?.count ?? rows)")
    let weightSum = weights?.reduce(0, +) ?? Scalar(rows)
    precondition(weightSum > 0, "softCrossEntropy: no row counts")
    let probabilities = allocate(logits.shape)
    let logSums = softmaxRows(logits, scale: 1 / temperature, into: probabilities)
    let targetSums = (0..<rows).map { sum(targets.pointer + $0 * classes, classes) }
    var total = 0.0
    for row in 0..<rows {
      let scores = dot(targets.pointer + row * classes, logits.pointer + row * classes, classes)
      total +=
        Double(weights?[row] ?? 1) * (Double(targetSums[row]) * logSums[row] - Double(scores / temperature))
    }
    let loss = allocate([1])
    loss.pointer[0] = Scalar(total / Double(weightSum))

    return record(loss, from: logits) { [unowned self] upstream in
      guard let (target, beta) = logits.gradient?.accumulator(shape: logits.shape, pool: pool) else { return }
      for row in 0..<rows {
        let share = upstream.pointer[0] * (weights?[row] ?? 1) / (weightSum * temperature)
        let (start, output) = (row * classes, target + row * classes)
        accumulate(
          output, beta: beta, probabilities.pointer + start, scaledBy: share * targetSums[row], classes)
        accumulate(output, beta: 1, targets.pointer + start, scaledBy: -share, classes)
      }
    }
  }
}

/// softmax((x − centre)/τ) of each row, a constant: what a teacher says. x [..., classes]; centre [classes], nil for 0.
public func softmaxRows(_ x: Tensor, centre: Tensor? = nil, temperature: Scalar, pool: BufferPool) -> Tensor {
  precondition(
    (centre?.count ?? x.width) == x.width && temperature > 0,
    "softmaxRows: \(x.shape), centre \(centre?.shape ?? [])")
  let output = Tensor(unwritten: x.shape, pool: pool)
  output.pointer.update(from: x.pointer, count: x.count)
  if let centre {
    for row in 0..<x.rows {
      accumulate(output.pointer + row * x.width, beta: 1, centre.pointer, scaledBy: -1, x.width)
    }
  }
  _ = softmaxRows(output, scale: 1 / temperature, into: output)
  return output
}

/// Writes softmax(scale·x) of each row; returns the logarithms of Σ exp(scale·x).
func softmaxRows(_ x: Tensor, scale: Scalar, into probabilities: Tensor) -> [Double] {
  var logSums = [Double](repeating: 0, count: x.rows)
  vk_softmax_rows(x.pointer, scale, probabilities.pointer, &logSums, x.rows, x.width)
  return logSums
}
