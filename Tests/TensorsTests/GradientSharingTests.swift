import Tensors
import TestSupport
import Testing

/// A residual hands its gradient on without a copy; whoever adds to it must not write into the giver's.
@Suite("Gradients that share storage")
struct GradientSharingTests {
  private let x = Tensor.random([2, 3, 12], seed: 1)
  private let weight = Tensor.random([12, 12], seed: 2)
  private let given = Tensor.random([2, 3, 12], seed: 3)

  @Test func aResidualTakesTheGradientOver() throws {
    let tape = Tape(.training)
    let residual = tape.variable(x)
    let output = tape.linear(x, weight: weight, addingTo: residual)
    tape.backward(from: output, gradient: given)
    #expect(try #require(tape.gradient(of: residual)).values == given.values)
  }

  /// Here x's slot holds the storage of `given` itself when the norm's part is added to it.
  @Test func theCallersGradientIsNotOverwritten() throws {
    let before = given.values
    let tape = Tape(.training)
    let stream = tape.variable(x)
    let normed = tape.layerNorm(stream, weight: nil, bias: nil, epsilon: 1e-6)
    let output = tape.linear(normed, weight: tape.variable(weight), addingTo: stream)
    tape.backward(from: output, gradient: given)
    #expect(given.values == before)
    #expect(relativeError(try #require(tape.gradient(of: stream)), to: given) > 0.01)
  }

  /// Two residual readers: the second addition meets the storage that the first one took over.
  @Test func oneGradientMayStartTwoTapes() throws {
    let before = given.values
    let tape = Tape(.training)
    let stream = tape.variable(x)
    for _ in 0..<2 {
      let output = tape.linear(x, weight: weight, addingTo: stream)
      tape.backward(from: output, gradient: given)
    }
    #expect(given.values == before)
    #expect(try #require(tape.gradient(of: stream)).values == before.map { 2 * $0 })
  }

  @Test func twoBackwardPassesAddUp() throws {
    let store = ParameterStore(seed: 1)
    let gain = store.root.parameter("gain", shape: [12], role: .gain, initial: .normal(standardDeviation: 1))
    let matrix = store.root.parameter(
      "matrix", shape: [12, 12], role: .matrix(.other), initial: .normal(standardDeviation: 1))
    let token = store.root.parameter(
      "token", shape: [1, 1, 12], role: .token, initial: .normal(standardDeviation: 1))
    let bias = store.root.parameter("bias", shape: [12], role: .bias, initial: .normal(standardDeviation: 1))
    func pass(_ tape: Tape, _ input: Tensor) {
      let tokens = tape.sequence(
        classToken: tape(token), registers: nil, patches: input, positions: nil, indices: nil)
      let normed = tape.layerNorm(tokens, weight: tape(gain), bias: tape(bias), epsilon: 1e-6)
      let output = tape.mlp(
        normed, hiddenWeight: tape(matrix), hiddenBias: tape(bias), outputWeight: tape(matrix),
        outputBias: tape(bias), addingTo: tokens)
      tape.backward(from: output, gradient: Tensor.random(output.shape, seed: 5))
    }
    let other = Tensor.random([2, 3, 12], seed: 9)
    let (first, second, both) = (Tape(.training), Tape(.training), Tape(.training))
    pass(first, x)
    pass(second, other)
    pass(both, x)
    pass(both, other)
    for parameter in store.parameters {
      let parts = try [first, second].map { try #require($0.gradient(of: parameter)).values }
      let sum = zip(parts[0], parts[1]).map { $0 + $1 }
      // One rounding more where a sum over rows goes on from what is there.
      #expect(
        relativeError(try #require(both.gradient(of: parameter)).values, to: sum)
          <= bound(single: 5e-7, double: 1e-15))
    }
  }
}
