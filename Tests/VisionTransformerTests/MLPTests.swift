import Foundation
import Platform
import Tensors
import TestSupport
import Testing
import VisionTransformer

/// An MLP beside its formula, computed value by value in double precision.
@Suite("MLP")
struct MLPTests {
  private func value(_ x: Double, _ activation: Activation) -> Double {
    func sigmoid(_ x: Double) -> Double { 1 / (1 + exp(-x)) }
    return switch activation {
    case .gelu: x / 2 * erfc(-x / 2.0.squareRoot())
    case .geluTanh: x / 2 * (1 + tanh((2 / Double.pi).squareRoot() * (x + 0.044715 * x * x * x)))
    case .quickGELU: x * sigmoid(1.702 * x)
    case .silu, .swiGLU: x * sigmoid(x)
    case .relu: max(x, 0)
    }
  }

  /// h = f(W₁x + b₁), normed under Sub-LN, and W₂h + b₂ + x.
  @Test(arguments: Activation.allCases, ["pre", "subLN"])
  func isItsFormula(_ activation: Activation, placement: String) throws {
    let (width, hiddenWidth) = (12, 7)
    let recipe = try LayerRecipe(
      smallConfiguration { ($0.activation, $0.placement) = (activation, Choice(placement)) })
    let store = ParameterStore(seed: 1)
    let mlp = MLP(
      SublayerSite(.mlp, layer: 0, depth: 2, width: width, branch: nil), hiddenWidth: hiddenWidth,
      recipe: recipe, scope: store.root)
    store.randomize(seed: 2)
    func parameter(_ name: String) throws -> [Double] {
      try #require(store[name], "\(name)").value.values.map { Double($0) }
    }
    func product(_ layer: String, _ x: [Double]) throws -> [Double] {
      let (weight, bias) = (try parameter("\(layer).weight"), try parameter("\(layer).bias"))
      return bias.indices.map { row in
        x.indices.reduce(bias[row]) { $0 + weight[row * x.count + $1] * x[$1] }
      }
    }
    let tokens = Tensor.random([2, 3, width], seed: 3)
    var wanted: [Double] = []
    for start in stride(from: 0, to: tokens.count, by: width) {
      let x = tokens.values[start..<start + width].map { Double($0) }
      let projected = try product("fc1", x)
      #expect(projected.count == hiddenWidth * activation.inputsPerOutput)
      var hidden = (0..<hiddenWidth).map { index in
        value(projected[index], activation)
          * (activation == .swiGLU ? projected[hiddenWidth + index] : 1)
      }
      if placement == "subLN" {
        let mean = hidden.reduce(0, +) / Double(hiddenWidth)
        let variance = hidden.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(hiddenWidth)
        let (gain, bias) = (try parameter("norm.weight"), try parameter("norm.bias"))
        hidden = hidden.indices.map {
          (hidden[$0] - mean) / (variance + 1e-6).squareRoot() * gain[$0] + bias[$0]
        }
      }
      wanted += zip(try product("fc2", hidden), x).map { $0 + $1 }
    }
    let output = mlp(TokenSequence(tokens, leadingCount: 1), Tape(.evaluating), addingTo: tokens)
    #expect(output.shape == tokens.shape)
    let error = relativeError(output.values.map { Double($0) }, wanted)
    #expect(error <= bound(single: 1e-6, double: 1e-13))
  }
}
