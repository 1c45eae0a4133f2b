/// What a power norm remembers between steps, and how fast it forgets.
public struct RunningPower: Sendable {
  /// ψ², the mean square of each channel [width]: what evaluation divides by.
  public let square: Parameter
  /// Γ, what the backward pass has gathered of mean(h̃∘z) [width].
  public let pull: Parameter
  /// α of ψ² and of Γ.
  public let forwardDecay, backwardDecay: Double
  /// Steps that divide by the batch's own mean square, while ψ² is a cumulative average.
  public let warmupSteps: Int

  /// Takes the buffers of a layer.
  public init(
    square: Parameter, pull: Parameter, forwardDecay: Double, backwardDecay: Double, warmupSteps: Int
  ) {
    self.square = square
    self.pull = pull
    self.forwardDecay = forwardDecay
    self.backwardDecay = backwardDecay
    self.warmupSteps = warmupSteps
  }

  /// ψ² after step `step`, from 1, on a batch of mean square `new`.
  fileprivate func following(_ old: Double, _ new: Double, step: Int) -> Double {
    let number = Double(step)
    let start = step < warmupSteps ? old * (number - 1) / number + new / number : old
    return forwardDecay * start + (1 - forwardDecay) * new
  }
}

extension Tape {
  /// y = γ·z + β, z = x/√(ψ² + ε), ψ² the mean square of a channel (Shen et al., 2020).
  ///
  /// x [..., width]; γ, β [width] or nil for 1 and 0. Up to step `warmupSteps` ψ² is that of the rows of all lanes, then,
  /// and in evaluation, the running one. One all-reduce in each direction.
  ///
  /// The gradient of x in training is not the derivative: h = γ∘g, h̃ = h − (1 − α)·Γ∘z, dx = h̃/√(ψ_batch² + ε), and
  /// Γ ← Γ + mean(h̃∘z). The gradients of γ and β are exact, and all are in evaluation. Where x wants no gradient nothing
  /// reads Γ, and it stays.
  public func powerNorm(_ x: Tensor, weight: Tensor?, bias: Tensor?, running: RunningPower, epsilon: Scalar)
    -> Tensor
  {
    let (rows, width, isTraining) = (x.rows, x.width, context.mode == .training)
    precondition(
      (weight?.count ?? width) == width && (bias?.count ?? width) == width
        && running.square.value.count == width && running.pull.value.count == width,
      "powerNorm: input \(x.shape), weight \(weight?.shape ?? []), bias \(bias?.shape ?? []), "
        + "running \(running.square.shape)")
    let step = context.progress.step + 1
    // Every lane reads before the all-reduce, the leading one writes after it.
    let remembered = running.square.value.values.map { Double($0) }
    var batchSquares = remembered
    if isTraining {
      let sums = overWholeBatch(channelSums(of: x, times: x))
      batchSquares = (0..<width).map { sums.product($0) / sums.rows }
      if writesBuffers {
        write(zip(remembered, batchSquares).map { running.following($0, $1, step: step) }, to: running.square)
      }
    }
    let squares = isTraining && step <= running.warmupSteps ? batchSquares : remembered
    let inverses = squares.map { 1 / ($0 + Double(epsilon)).squareRoot() }
    let (origin, slope, offset) = (zeros([width]), allocate([width]), allocate([width]))
    for channel in 0..<width {
      slope.pointer[channel] = (weight?.pointer[channel] ?? 1) * Scalar(inverses[channel])
      offset.pointer[channel] = bias?.pointer[channel] ?? 0
    }
    let y = allocate(x.shape)
    let buffer = y.buffer
    // From what the lanes found together: computing it again needs no collective.
    let compute = { [unowned self, unowned buffer] in
      channelAffine(
        x.pointer, shift: origin, slope: slope, offset: offset, rows: rows, into: buffer.pointer)
    }
    compute()
    if !isTraining {
      trace(
        .channelNorm(
          x, mean: nil, variance: running.square.value, epsilon: epsilon, weight: weight, bias: bias, skip: 0),
        y)
    }

    return record(y, from: x, weight, bias, restore: compute) { [unowned self, batchSquares] upstream in
      let sums = channelSums(of: upstream, times: x)
      let weightTarget = zeroedAccumulator(weight)
      let biasTarget = zeroedAccumulator(bias)
      for channel in 0..<width {
        weightTarget?[channel] += Scalar(inverses[channel] * sums.product(channel))
        biasTarget?[channel] += Scalar(sums.sum(channel))
      }
      guard let (target, beta) = x.gradient?.accumulator(shape: x.shape, pool: pool) else { return }
      let (bend, factor) = (zeros([width]), allocate([width]))
      if isTraining {
        let gathered = running.pull.value.values.map { Double($0) }  // before the all-reduce, as above
        let whole = overWholeBatch(sums)
        var next = gathered
        for channel in 0..<width {
          let (gain, inverse) = (Double(weight?.pointer[channel] ?? 1), inverses[channel])
          let batchInverse = 1 / (batchSquares[channel] + Double(epsilon)).squareRoot()
          let correction = (1 - running.backwardDecay) * gathered[channel] * inverse  // of h̃, times x
          factor.pointer[channel] = Scalar(gain * batchInverse)
          bend.pointer[channel] = Scalar(-correction * batchInverse)
          next[channel] +=
            inverse * (gain * whole.product(channel) / whole.rows - correction * batchSquares[channel])
        }
        if writesBuffers { write(next, to: running.pull) }
      } else {
        factor.pointer.update(from: slope.pointer, count: width)
      }
      channelAffine(
        x.pointer, shift: origin, slope: bend, offset: origin, adding: upstream.pointer, times: factor,
        beta: beta, rows: rows, into: target)
    }
  }

  /// A value that is not finite leaves no trace: its step changes no weight either.
  private func write(_ values: [Double], to buffer: Parameter) {
    for (channel, value) in values.enumerated() where value.isFinite {
      buffer.value.pointer[channel] = Scalar(value)
    }
  }
}
