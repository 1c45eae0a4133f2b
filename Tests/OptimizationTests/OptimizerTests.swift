import Optimization
import Platform
import Tensors
import TestSupport
import Testing

/// What one step of each optimiser does, from its definition.
@Suite("Optimisers")
struct OptimizerTests {
  private let store = ParameterStore(seed: 3)
  private let matrix, vector: Parameter
  private var parameters: [Parameter] { [matrix, vector] }
  private let gradients: [Tensor]

  init() {
    matrix = store.root.parameter(
      "m.weight", shape: [5, 7], role: .matrix(.other), initial: .normal(standardDeviation: 1))
    vector = store.root.parameter("m.bias", shape: [7], role: .bias, initial: .normal(standardDeviation: 1))
    gradients = [.random([5, 7], seed: 1), .random([7], seed: 2)]
  }

  private func take(
    _ optimizer: any Optimizer, _ numbers: ClosedRange<Int>, rate: Double = 0.1, scale: Double = 1,
    fraction: Double = 0
  ) {
    for number in numbers {
      for slice in ParameterSlice.slices(of: parameters) {
        let index = slice.index
        // A gradient in two parts, as two lanes bring it.
        let parts = [0.25, 0.75].map { share in
          Tensor(shape: gradients[index].shape, values: gradients[index].values.map { $0 * Scalar(share) })
        }
        let square = optimizer.update(
          slice, gradients: parts,
          OptimizerStep(number: number, learningRate: rate, gradientScale: scale, fraction: fraction))
        let wanted = gradients[index].values.reduce(0.0) { $0 + Double($1) * Double($1) }
        #expect(abs(square - wanted) <= 1e-5 * wanted)
      }
    }
  }

  private func norm(_ values: [Scalar]) -> Double {
    values.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
  }

  private let same = bound(single: 2e-6, double: 1e-13)

  /// μ₁ = g, μ₂ = 0.9·g + g: after two steps θ has moved by lr·(1 + 1.9)·g.
  @Test(arguments: [false, true])
  func momentumGathers(nesterov: Bool) {
    var options = SGD.Options()
    options.nesterov = nesterov
    let before = parameters.map(\.value.values)
    take(SGD(parameters: parameters, options: options), 1...2, scale: 0.5)
    let factor = 0.1 * 0.5 * (nesterov ? 1.9 + (1 + 0.9 * 1.9) : 2.9)
    for index in parameters.indices {
      let wanted = zip(before[index], gradients[index].values).map { $0 - Scalar(factor) * $1 }
      #expect(relativeError(parameters[index].value.values, to: wanted) <= same)
    }
  }

  @Test func decayPullsOnMatricesAlone() {
    var options = SGD.Options()
    (options.weightDecay, options.momentum) = (0.3, 0)
    let before = parameters.map(\.value.values)
    take(SGD(parameters: parameters, options: options), 1...1)
    for (index, decay) in [0.3, 0].enumerated() {
      let wanted = zip(before[index], gradients[index].values).map { $0 - 0.1 * ($1 + Scalar(decay) * $0) }
      #expect(relativeError(parameters[index].value.values, to: wanted) <= same)
    }
  }

  /// Whatever the scale of the gradient, a matrix moves by lr·0.001·‖θ‖ at first, a vector as in gradient descent.
  @Test(arguments: [1e-6, 1, 1e6])
  func larsMovesMatricesByAShareOfThemselves(scale: Double) {
    let before = parameters.map(\.value.values)
    var options = LARS.Options()
    options.weightDecay = 0
    take(LARS(parameters: parameters, options: options), 1...1, scale: scale)
    let moved = zip(matrix.value.values, before[0]).map { $0 - $1 }
    let wanted = 0.1 * 0.001 * norm(before[0])
    #expect(abs(norm(moved) - wanted) <= bound(single: 1e-3, double: 1e-10) * wanted)
    let ofVector = zip(before[1], gradients[1].values).map { $0 - Scalar(0.1 * scale) * $1 }
    #expect(relativeError(vector.value.values, to: ofVector) <= same)
  }

  @Test func larsAddsItsDecayBeforeItMeasures() {
    let before = matrix.value.values
    var options = LARS.Options()
    options.weightDecay = 0.5
    take(LARS(parameters: parameters, options: options), 1...1)
    let pulled = zip(gradients[0].values, before).map { $0 + 0.5 * $1 }
    let factor = Scalar(0.1 * 0.001 * norm(before) / norm(pulled))
    let wanted = zip(before, pulled).map { $0 - factor * $1 }
    #expect(relativeError(matrix.value.values, to: wanted) <= same)
  }

  /// Half a cosine from the first decay to the last; Adam's own step is the same in both.
  @Test(arguments: [0, 0.5, 1])
  func adamWChangesItsDecay(fraction: Double) {
    var (fixed, moving) = (AdamW.Options(), AdamW.Options())
    fixed.weightDecay = 0.4 + (0.04 - 0.4) * 0.5 * (1 + [1, 0, -1][Int(2 * fraction)])
    (moving.weightDecay, moving.finalWeightDecay) = (0.04, 0.4)
    let before = parameters.map(\.value.values)
    take(AdamW(parameters: parameters, options: moving), 1...1, fraction: fraction)
    let found = matrix.value.values
    for (parameter, values) in zip(parameters, before) { parameter.assign(values) }
    take(AdamW(parameters: parameters, options: fixed), 1...1)
    #expect(relativeError(found, to: matrix.value.values) <= same)
  }

  @Test(arguments: [false, true])
  func adamWMayDecayVectors(decays: Bool) {
    var options = AdamW.Options()
    (options.weightDecay, options.decaysVectors) = (0.5, decays)
    let before = vector.value.values
    take(AdamW(parameters: parameters, options: options), 1...1)
    let wanted = zip(before, gradients[1].values).map {
      $0 * (decays ? 1 - 0.1 * 0.5 : 1) - ($1 > 0 ? 0.1 : -0.1)
    }
    #expect(relativeError(vector.value.values, to: wanted) <= bound(single: 1e-5, double: 1e-6))
  }

  @Test(arguments: [
    Choice("sgd", options: ["momentum": .number(1)]),
    Choice("lars", options: ["trustCoefficient": .number(0)]),
    Choice("adamW", options: ["finalWeightDecay": .number(-1)]),
    Choice("adamW", options: ["beta2": .number(1)]),
  ])
  func optionsOutOfRangeAreRefused(_ choice: Choice) {
    #expect(throws: Failure.self) { try Optimizers.all.select(choice, at: "optimizer").make([]) }
  }
}
