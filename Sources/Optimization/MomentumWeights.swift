import Tensors

/// Weights beside the tape, with their velocities: the heads of linear probes, moved as `SGD` and `LARS` move parameters.
package struct MomentumWeights: Sendable, Equatable {
  /// What is moved.
  package private(set) var values: [Float]
  private var velocities: [Float]

  /// Starts with velocities of 0.
  package init(_ values: [Float]) {
    self.values = values
    velocities = [Float](repeating: 0, count: values.count)
  }

  /// One step: d = gradientFactor·g + decayFactor·θ; μ ← m·μ + d; θ ← θ − lr·μ. d is taken in the precision of g.
  package mutating func step(_ gradient: [Float], _ constants: MomentumConstants) {
    let (factor, decay) = (Float(constants.gradientFactor), Float(constants.decayFactor))
    step(gradient, constants) { factor * $0 + decay * $1 }
  }

  /// One step along a gradient in double precision.
  package mutating func step(_ gradient: [Double], _ constants: MomentumConstants) {
    let (factor, decay) = (constants.gradientFactor, constants.decayFactor)
    step(gradient, constants) { Float(factor * $0 + decay * Double($1)) }
  }

  /// One step of plain momentum whose gradient is added where it is computed: `accumulate` replaces the velocities μ by
  /// m·μ + g, as a matrix product with beta m does without room for g; then θ ← θ − lr·μ.
  package mutating func step(
    learningRate: Double, accumulate: (_ velocities: inout [Float]) -> Void
  ) {
    accumulate(&velocities)
    values.withUnsafeMutableBufferPointer { values in
      velocities.withUnsafeBufferPointer { velocities in
        guard let values = values.baseAddress, let directions = velocities.baseAddress else { return }
        Momentum.descend(values, along: directions, count: velocities.count, rate: Float(learningRate))
      }
    }
  }

  /// ‖θ‖ and ‖g + decay·θ‖.
  package func decayedNorms(_ gradient: [Double], decay: Double) -> (weight: Double, gradient: Double) {
    precondition(gradient.count == values.count, "MomentumWeights: \(gradient.count) gradients")
    return Momentum.norms(count: values.count) { index in
      let weight = Double(values[index])
      return (weight, gradient[index] + decay * weight)
    }
  }

  private mutating func step<Gradient>(
    _ gradient: [Gradient], _ constants: MomentumConstants,
    direction: (_ gradient: Gradient, _ weight: Float) -> Float
  ) {
    precondition(gradient.count == values.count, "MomentumWeights: \(gradient.count) gradients")
    values.withUnsafeMutableBufferPointer { values in
      velocities.withUnsafeMutableBufferPointer { velocities in
        guard let weights = values.baseAddress, let speeds = velocities.baseAddress else { return }
        Momentum.step(weights, velocities: speeds, values.indices, constants) { index in
          direction(gradient[index], weights[index])
        }
      }
    }
  }
}
