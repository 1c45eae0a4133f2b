import Optimization
import Tensors
import TestSupport
import Testing

/// Heads beside the tape move as parameters do.
@Suite("Weights with momentum")
struct MomentumWeightsTests {
  private let parameter: Parameter
  private let gradients: [Tensor]
  /// Equal to the bit where both are in single precision.
  private let same = bound(single: 0, double: 1e-6)

  init() {
    parameter = ParameterStore(seed: 5).root.parameter(
      "m.weight", shape: [9, 4], role: .matrix(.other), initial: .normal(standardDeviation: 1))
    gradients = (0..<4).map { .random([9, 4], seed: $0) }
  }

  private var start: [Float] { parameter.value.values.map { Float($0) } }

  private func optimize(_ optimizer: some Optimizer) -> [Scalar] {
    for (place, gradient) in gradients.enumerated() {
      // The optimiser sums lanes into the first.
      let copy = Tensor(shape: gradient.shape, values: gradient.values)
      _ = optimizer.update(
        ParameterSlice.slices(of: [parameter])[0], gradients: [copy],
        OptimizerStep(number: place + 1, learningRate: 0.3 / Double(place + 1)))
    }
    return parameter.value.values
  }

  private func expectSame(_ weights: MomentumWeights, _ wanted: [Scalar]) {
    #expect(relativeError(weights.values.map { Scalar($0) }, to: wanted) <= same)
  }

  @Test func stepAsSGD() {
    var options = SGD.Options()
    options.weightDecay = 0.1
    var weights = MomentumWeights(start)
    let wanted = optimize(SGD(parameters: [parameter], options: options))
    for (place, gradient) in gradients.enumerated() {
      weights.step(
        gradient.values.map { Float($0) },
        MomentumConstants(
          learningRate: 0.3 / Double(place + 1), momentum: options.momentum, decayFactor: options.weightDecay)
      )
    }
    expectSame(weights, wanted)
  }

  @Test func accumulateWhereTheGradientIsComputed() {
    var weights = MomentumWeights(start)
    let wanted = optimize(SGD(parameters: [parameter], options: .init()))
    for (place, gradient) in gradients.enumerated() {
      weights.step(learningRate: 0.3 / Double(place + 1)) { velocities in
        for (index, g) in gradient.values.enumerated() {
          velocities[index] = 0.9 * velocities[index] + Float(g)
        }
      }
    }
    expectSame(weights, wanted)
  }

  /// Their gradients are in double precision, which rounds less.
  @Test(arguments: [0, 0.2])
  func stepAsLARS(decay: Double) {
    var options = LARS.Options()
    (options.weightDecay, options.trustCoefficient) = (decay, 0.1)
    var weights = MomentumWeights(start)
    let before = start
    let wanted = optimize(LARS(parameters: [parameter], options: options))
    for (place, gradient) in gradients.enumerated() {
      weights.step(gradient.values.map { Double($0) }, learningRate: 0.3 / Double(place + 1), options)
    }
    #expect(relativeError(weights.values.map { Scalar($0) }, to: wanted) <= 1e-6)
    #expect(weights.values != before)
  }

  @Test func aNormOfZeroIsTrusted() {
    #expect(LARS.Options().trust(weightNorm: 0, gradientNorm: 2) == 1)
    #expect(LARS.Options().trust(weightNorm: 2, gradientNorm: 0) == 1)
    #expect(LARS.Options().trust(weightNorm: 2, gradientNorm: 4) == 0.0005)
  }
}
