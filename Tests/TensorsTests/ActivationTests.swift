import Foundation
import Tensors
import TestSupport
import Testing

/// Functions between the layers of an MLP, beside PyTorch's in double precision and beside what defines them.
@Suite("Activations")
struct ActivationTests {
  private let golden: GoldenFile
  /// One value in, one out; `gelu` has tests of its own.
  private static let elementwise = Activation.allCases.filter { $0 != .gelu && $0 != .swiGLU }

  init() throws { golden = try GoldenFile("ops.safetensors", in: .module) }

  /// Values and derivatives of a row.
  private func results(_ x: [Scalar], _ activation: Activation) throws -> (
    value: [Double], derivative: [Double]
  ) {
    let tape = Tape(.training)
    let variable = tape.variable(Tensor(shape: [x.count], values: x))
    let output = tape.activate(variable, bias: Tensor(shape: [x.count]), by: activation)
    tape.backward(from: output, gradient: Tensor(shape: [x.count], repeating: 1))
    let derivative = try #require(tape.gradient(of: variable))
    return (output.values.map { Double($0) }, derivative.values.map { Double($0) })
  }

  /// Of a value the error is relative to x, from 1e-30 to 1e30; a derivative is at most 1.13.
  @Test(arguments: elementwise) func isPyTorchs(_ activation: Activation) throws {
    let x = try golden("activations.input").values
    let value = try golden("\(activation.rawValue).output").values
    let derivative = try golden("\(activation.rawValue).derivative").values
    let found = try results(x, activation)
    for index in x.indices {
      let (point, wanted, slope) = (Double(x[index]), Double(value[index]), Double(derivative[index]))
      let error = abs(found.value[index] - wanted)
      #expect(error <= bound(single: 3e-7, double: 1e-7) * abs(point), "\(activation) of \(point)")
      let slopeError = abs(found.derivative[index] - slope)
      #expect(slopeError <= bound(single: 5e-7, double: 1e-7), "slope of \(activation) at \(point)")
    }
    #expect(
      x.contains { $0 == -20 } && x.contains { $0 > 9e29 } && x.contains { $0 == 0 && $0.sign == .minus })
  }

  /// The lower tail keeps its digits: x·σ(w) with the exponent w rounded thrice to 6e-8 of itself.
  @Test(arguments: [Activation.geluTanh, .quickGELU, .silu])
  func keepsDigitsInTheLowerTail(_ activation: Activation) throws {
    let x = (1...200).map { -Scalar($0) / 20 }
    for (point, found) in zip(x.map { Double($0) }, try results(x, activation).value) {
      let exponent =
        switch activation {
        case .geluTanh: (8 / Double.pi).squareRoot() * (point + 0.044715 * point * point * point)
        case .quickGELU: 1.702 * point
        default: point
        }
      guard exponent > -80 else { continue }
      let wanted = point / (1 + exp(-exponent))
      let tolerance = bound(single: 4e-7 + 2e-7 * abs(exponent), double: 1e-13)
      #expect(abs(found - wanted) <= tolerance * abs(wanted), "\(activation) of \(point)")
    }
  }

  /// A diverged run stays visible.
  @Test(arguments: elementwise) func meetsWhatIsNotFinite(_ activation: Activation) throws {
    let found = try results([.infinity, .nan, -.infinity, 3e38, -3e38], activation)
    #expect(found.value[0] == .infinity && found.value[1].isNaN)
    #expect(activation == .relu ? found.value[2] == 0 : found.value[2].isNaN)
    #expect(found.value[3] == Double(Scalar(3e38)) && found.value[4] == 0)
    #expect(found.derivative[3] == 1 && found.derivative[4] == 0)
  }

  @Test func geluIsGELU() throws {
    let (x, bias) = (Tensor.random([3, 33], seed: 1), Tensor.random([33], seed: 2))
    let tape = Tape(.evaluating)
    #expect(tape.activate(x, bias: bias, by: .gelu).values == tape.gelu(x, bias: bias).values)
  }

  @Test func swiGLUIsPyTorchs() throws {
    let tape = Tape(.training)
    let (x, bias) = (tape.variable(try golden("swiGLU.input")), tape.variable(try golden("swiGLU.bias")))
    let output = tape.activate(x, bias: bias, by: .swiGLU)
    #expect(output.shape == [7, 33])
    let tolerance = bound(single: 1e-6, double: 1e-7)
    let error = relativeError(output, to: try golden("swiGLU.output"))
    #expect(error <= tolerance)
    tape.backward(from: output, gradient: try golden("swiGLU.outputGradient"))
    for (name, variable) in [("input", x), ("bias", bias)] {
      let gradient = try #require(tape.gradient(of: variable))
      let error = relativeError(gradient, to: try golden("swiGLU.\(name)Gradient"))
      #expect(error <= tolerance, "\(name)")
    }
  }

  /// The gate is the first half: without it nothing passes, whatever stands in the second.
  @Test func swiGLUsGateIsTheFirstHalf() {
    let tape = Tape(.evaluating)
    let shut = Tensor(shape: [1, 4], values: [0, -2000, 5, 7])
    #expect(tape.activate(shut, bias: Tensor(shape: [4]), by: .swiGLU).values == [0, 0])
    let open = Tensor(shape: [1, 4], values: [100, 200, 5, -7])
    #expect(tape.activate(open, bias: Tensor(shape: [4]), by: .swiGLU).values == [500, -1400])
  }

  /// The bias belongs to its column, in the vectorised part and in the rest of a row.
  @Test(arguments: Activation.allCases, [1, 7, 16, 17, 40])
  func addsTheBiasOfTheColumn(_ activation: Activation, columns: Int) {
    let width = columns * activation.inputsPerOutput
    let (x, bias) = (Tensor.random([3, width], seed: 1), Tensor.random([width], seed: 2))
    let summed = x.values.indices.map { x.values[$0] + bias.values[$0 % width] }
    let tape = Tape(.evaluating)
    let biased = tape.activate(x, bias: bias, by: activation)
    let plain = tape.activate(
      Tensor(shape: [3, width], values: summed), bias: Tensor(shape: [width]), by: activation)
    #expect(biased.shape == [3, columns] && biased.values == plain.values)
  }

  /// Dropped and computed again, the gradients have the same bits.
  @Test(arguments: Activation.allCases) func canBeForgotten(_ activation: Activation) throws {
    let width = 17 * activation.inputsPerOutput
    let inputs = [
      Tensor.random([3, 5], seed: 1), .random([width, 5], seed: 2), .random([width], seed: 3),
      .random([4, 17], seed: 4),
    ]
    func gradients(_ recompute: Recompute) throws -> [[Scalar]] {
      let tape = Tape(PassContext(.training, recompute: recompute))
      let variables = inputs.map { tape.variable($0) }
      let projected = tape.linear(variables[0], weight: variables[1])
      let activated = tape.activate(projected, bias: variables[2], by: activation)
      let output = tape.linear(activated, weight: variables[3])
      for result in [projected, activated] { tape.forget(result, .block) }
      tape.backward(from: output, gradient: .random(output.shape, seed: 5))
      return try variables.map { try #require(tape.gradient(of: $0)).values }
    }
    let (kept, computedAgain) = (try gradients(.none), try gradients(.block))
    #expect(kept == computedAgain)
  }
}
