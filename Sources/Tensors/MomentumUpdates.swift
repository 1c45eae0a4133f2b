/// Constants of one step of gradient descent with momentum.
public struct MomentumConstants: Sendable {
  package let learningRate, momentum, gradientFactor, decayFactor: Double
  package let nesterov: Bool

  /// The gradient used is gradientFactor·g + decayFactor·θ.
  public init(
    learningRate: Double, momentum: Double, nesterov: Bool = false, gradientFactor: Double = 1,
    decayFactor: Double = 0
  ) {
    self.learningRate = learningRate
    self.momentum = momentum
    self.nesterov = nesterov
    self.gradientFactor = gradientFactor
    self.decayFactor = decayFactor
  }
}

extension Parameter {
  /// d = a·g + b·θ; μ ← m·μ + d; θ ← θ − lr·μ, or θ ← θ − lr·(d + m·μ) of Nesterov, on a range.
  public func momentumStep(
    _ range: Range<Int>, gradient: Tensor, velocity: Tensor, _ constants: MomentumConstants
  ) {
    precondition(
      gradient.count == value.count && velocity.count == value.count, "\(name): a step of another shape")
    let (weights, g) = (value.pointer, gradient.pointer)
    let (factor, decay) = (Scalar(constants.gradientFactor), Scalar(constants.decayFactor))
    Momentum.step(weights, velocities: velocity.pointer, range, constants) { index in
      factor * g[index] + decay * weights[index]
    }
  }

  /// ‖θ‖ and ‖scale·g + decay·θ‖.
  public func decayedNorms(
    gradient: Tensor, scale: Double, decay: Double
  ) -> (weight: Double, gradient: Double) {
    precondition(gradient.count == value.count, "\(name): a gradient of shape \(gradient.shape)")
    let (weights, gradients) = (value.pointer, gradient.pointer)
    return Momentum.norms(count: value.count) { index in
      let weight = Double(weights[index])
      return (weight, scale * Double(gradients[index]) + decay * weight)
    }
  }

  /// value ← value − rate · gradient: a step of plain gradient descent, for small heads.
  public func descend(_ gradient: Tensor, rate: Scalar) {
    precondition(gradient.count == value.count, "\(name): gradient of shape \(gradient.shape) for \(shape)")
    Momentum.descend(value.pointer, along: gradient.pointer, count: value.count, rate: rate)
  }
}

/// The loops of gradient descent with momentum, over numbers wherever they lie; for parameters and for the heads of
/// linear probes, which are `Float`s whatever `Scalar` is.
package enum Momentum {
  /// μ ← m·μ + d; θ ← θ − lr·μ, or θ ← θ − lr·(d + m·μ) of Nesterov, on a range; `direction` gives d.
  @inlinable
  package static func step<Number: BinaryFloatingPoint>(
    _ weights: UnsafeMutablePointer<Number>, velocities: UnsafeMutablePointer<Number>, _ range: Range<Int>,
    _ constants: MomentumConstants, direction: (_ index: Int) -> Number
  ) {
    let (rate, momentum) = (Number(constants.learningRate), Number(constants.momentum))
    let nesterov = constants.nesterov
    for index in range {
      let direction = direction(index)
      let speed = momentum * velocities[index] + direction
      velocities[index] = speed
      weights[index] -= rate * (nesterov ? direction + momentum * speed : speed)
    }
  }

  /// θ ← θ − rate·d.
  @inlinable
  package static func descend<Number: BinaryFloatingPoint>(
    _ weights: UnsafeMutablePointer<Number>, along directions: UnsafePointer<Number>, count: Int, rate: Number
  ) {
    for index in 0..<count { weights[index] -= rate * directions[index] }
  }

  /// ‖θ‖ and ‖d‖ of `pair`, which gives θ and d of an index.
  @inlinable
  package static func norms(
    count: Int, pair: (_ index: Int) -> (weight: Double, direction: Double)
  ) -> (weight: Double, gradient: Double) {
    var (weights, directions) = (0.0, 0.0)
    for index in 0..<count {
      let (weight, direction) = pair(index)
      weights += weight * weight
      directions += direction * direction
    }
    return (weights.squareRoot(), directions.squareRoot())
  }
}
