import Foundation
import Tensors
import TestSupport
import Testing

/// Every operation of `ops.safetensors`: value and gradients against PyTorch in double precision.
///
/// Inputs are exact in Float. Results are stored as Float (6e-8) and computed here in Float: sums of about ten
/// terms lose 3e-7 of the largest entry, and gradients sum up to fourteen rows on top of that.
@Suite("Operations against PyTorch")
struct OperationGoldenTests {
  private let golden: GoldenFile
  private let tolerance = bound(single: 1e-6, double: 1e-7)

  init() throws { golden = try GoldenFile("ops.safetensors", in: .module) }

  private func check(
    _ name: String, _ inputs: [String], sourceLocation: SourceLocation = #_sourceLocation,
    _ operation: (Tape, [Tensor]) -> Tensor
  ) throws {
    let tape = Tape(.training)
    let variables = try inputs.map { tape.variable(try golden("\(name).\($0)")) }
    let output = operation(tape, variables)
    let error = relativeError(output, to: try golden("\(name).output"))
    #expect(error <= tolerance, "\(name)", sourceLocation: sourceLocation)
    tape.backward(from: output, gradient: try golden("\(name).outputGradient"))
    for (input, variable) in zip(inputs, variables) {
      let gradient = try #require(tape.gradient(of: variable), "\(input)", sourceLocation: sourceLocation)
      let error = relativeError(gradient, to: try golden("\(name).\(input)Gradient"))
      #expect(error <= tolerance, "\(name).\(input)Gradient", sourceLocation: sourceLocation)
    }
  }

  @Test func linear() throws {
    try check("linear", ["input", "weight", "bias"]) { tape, inputs in
      tape.linear(inputs[0], weight: inputs[1], bias: inputs[2])
    }
  }

  @Test func layerNorm() throws {
    try check("layerNorm", ["input", "weight", "bias"]) { tape, inputs in
      tape.layerNorm(inputs[0], weight: inputs[1], bias: inputs[2], epsilon: 1e-6)
    }
  }

  @Test func rmsNorm() throws {
    try check("rmsNorm", ["input", "weight"]) { tape, inputs in
      tape.rmsNorm(inputs[0], weight: inputs[1], epsilon: 1e-6)
    }
  }

  @Test func attention() throws {
    try check("attention", ["qkv"]) { tape, inputs in tape.attention(inputs[0], headCount: 3) }
  }

  @Test func softmaxCrossEntropy() throws {
    let labels = try golden("crossEntropy.labels").values.map { Int($0) }
    try check("crossEntropy", ["logits"]) { tape, inputs in
      tape.softmaxCrossEntropy(inputs[0], labels: labels)
    }
  }

  @Test func meanSquaredError() throws {
    let target = try golden("maskedMSE.target")
    let mask = try golden("maskedMSE.mask").values
    try check("maskedMSE", ["prediction"]) { tape, inputs in
      tape.meanSquaredError(inputs[0], target: target, mask: mask)
    }
  }

  @Test func gelu() throws {
    let input = try golden("gelu.input")
    let tape = Tape(.training)
    let variable = tape.variable(input)
    let output = tape.gelu(variable, bias: Tensor(shape: [400]))
    tape.backward(from: output, gradient: Tensor(shape: [400], repeating: 1))
    #expect(relativeError(output, to: try golden("gelu.output")) <= tolerance)
    let gradient = try #require(tape.gradient(of: variable))
    #expect(relativeError(gradient, to: try golden("gelu.derivative")) <= tolerance)
  }
}
