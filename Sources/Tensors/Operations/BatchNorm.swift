/// What a batch norm remembers of the batches that it has seen: the mean and the variance of each channel.
public struct RunningStatistics: Sendable {
  /// Mean, and unbiased variance, of each channel [width].
  public let mean, variance: Parameter
  /// The share of the newest batch.
  public let momentum: Double

  /// Takes the buffers of a layer.
  public init(mean: Parameter, variance: Parameter, momentum: Double) {
    self.mean = mean
    self.variance = variance
    self.momentum = momentum
  }

  /// A batch that is not finite leaves no trace: its step changes no weight either.
  fileprivate func take(_ channel: Int, mean newMean: Double, variance newVariance: Double) {
    guard newMean.isFinite, newVariance.isFinite else { return }
    for (parameter, new) in [(mean, newMean), (variance, newVariance)] {
      let old = Double(parameter.value.pointer[channel])
      parameter.value.pointer[channel] = Scalar(old + momentum * (new - old))
    }
  }
}

extension Tape {
  /// y = γ·(x − μ)/√(σ² + ε) + β, and + η·x with `skip`: a batch norm (Ioffe & Szegedy, 2015), or RepBN (Guo et al., 2024).
  ///
  /// x [..., width]; γ, β [width] or nil for 1 and 0; η [1]. In training μ and σ² (biased) are those of a channel over the
  /// rows of all lanes, with one all-reduce in each direction, and the running ones follow; in evaluation μ and σ² are the
  /// running ones.
  public func batchNorm(
    _ x: Tensor, weight: Tensor?, bias: Tensor?, skip: Tensor? = nil, running: RunningStatistics,
    epsilon: Scalar
  ) -> Tensor {
    let (rows, width) = (x.rows, x.width)
    precondition(
      (weight?.count ?? width) == width && (bias?.count ?? width) == width && (skip?.count ?? 1) == 1
        && running.mean.value.count == width && running.variance.value.count == width,
      "batchNorm: input \(x.shape), weight \(weight?.shape ?? []), bias \(bias?.shape ?? []), "
        + "running \(running.mean.shape)")
    let mean = allocate([width])
    let inverse = allocate([width])  // 1/σ
    let batchRows =
      context.mode == .training
      ? measureBatch(x, running, epsilon: epsilon, mean: mean, inverse: inverse)
      : recall(running, epsilon: epsilon, mean: mean, inverse: inverse)
    let slope = allocate([width])
    let offset = allocate([width])
    let residual = skip?.pointer[0] ?? 0
    for channel in 0..<width {
      slope.pointer[channel] = (weight?.pointer[channel] ?? 1) * inverse.pointer[channel] + residual
      offset.pointer[channel] = (bias?.pointer[channel] ?? 0) + residual * mean.pointer[channel]
    }
    let y = allocate(x.shape)
    let buffer = y.buffer
    // From what the lanes found together: computing it again needs no collective.
    let compute = { [unowned self, unowned buffer] in
      channelAffine(
        x.pointer, shift: mean, slope: slope, offset: offset, rows: rows, into: buffer.pointer)
    }
    compute()
    if context.mode == .evaluating {
      trace(
        .channelNorm(
          x, mean: running.mean.value, variance: running.variance.value, epsilon: epsilon, weight: weight,
          bias: bias, skip: residual), y)
    }

    return record(y, from: x, weight, bias, skip, restore: compute) { [unowned self] upstream in
      let sums = channelSums(of: upstream, times: x)
      let weightTarget = zeroedAccumulator(weight)
      let biasTarget = zeroedAccumulator(bias)
      let skipTarget = zeroedAccumulator(skip)
      for channel in 0..<width {
        weightTarget?[channel] += Scalar(normalized(sums, channel, mean, inverse))
        biasTarget?[channel] += Scalar(sums.sum(channel))
        skipTarget?[0] += Scalar(sums.product(channel))
      }
      guard let (target, beta) = x.gradient?.accumulator(shape: x.shape, pool: pool) else { return }
      // h = γ∘g; dx = (h − mean h − x̂·mean(h∘x̂))/σ + η·g, the means over the whole batch; in evaluation without them.
      let pull = zeros([width])
      let lift = zeros([width])
      if let batchRows {
        let whole = overWholeBatch(sums)
        for channel in 0..<width {
          let scale = Double((weight?.pointer[channel] ?? 1) * inverse.pointer[channel]) / batchRows
          pull.pointer[channel] = Scalar(
            -scale * Double(inverse.pointer[channel]) * normalized(whole, channel, mean, inverse))
          lift.pointer[channel] = Scalar(-scale * whole.sum(channel))
        }
      }
      channelAffine(
        x.pointer, shift: mean, slope: pull, offset: lift, adding: upstream.pointer, times: slope, beta: beta,
        rows: rows, into: target)
    }
  }

  /// Mean and 1/σ of the whole batch; returns its number of rows. Running statistics are read and written by the leading
  /// lane alone.
  private func measureBatch(
    _ x: Tensor, _ running: RunningStatistics, epsilon: Scalar, mean: Tensor, inverse: Tensor
  ) -> Double? {
    let sums = overWholeBatch(channelSums(of: x, times: x))
    let count = sums.rows
    for channel in 0..<x.width {
      let center = sums.sum(channel) / count
      let difference = sums.product(channel) / count - center * center
      let variance = difference < 0 ? 0 : difference  // by rounding; NaN stays NaN
      mean.pointer[channel] = Scalar(center)
      inverse.pointer[channel] = Scalar(1 / (variance + Double(epsilon)).squareRoot())
      if writesBuffers {
        running.take(channel, mean: center, variance: variance * count / max(count - 1, 1))
      }
    }
    return count
  }

  private func recall(_ running: RunningStatistics, epsilon: Scalar, mean: Tensor, inverse: Tensor) -> Double?
  {
    for channel in 0..<mean.count {
      mean.pointer[channel] = running.mean.value.pointer[channel]
      inverse.pointer[channel] = 1 / (running.variance.value.pointer[channel] + epsilon).squareRoot()
    }
    return nil
  }

  /// Σ g·x̂ of a channel from Σ g and Σ g·x.
  private func normalized(_ sums: ChannelSums, _ channel: Int, _ mean: Tensor, _ inverse: Tensor) -> Double {
    (sums.product(channel) - Double(mean.pointer[channel]) * sums.sum(channel))
      * Double(inverse.pointer[channel])
  }
}
