import Foundation
import Tensors
import TestSupport
import Testing

/// Norms and forms of streams whose channels sum to 0.
@Suite("Compressed streams")
struct StreamTests {
  private let tape = Tape(.training)

  /// Results are stored as Float; computed in Float, sums of up to 33 terms lose 3e-7 of the largest entry, and where the
  /// rows lie far from 0 what is left of a gradient after its projection is a small difference of large terms.
  private func check(
    _ name: String, _ inputs: [String], single: Double = 1e-6, _ operation: (Tape, [Tensor]) -> Tensor
  ) throws {
    let golden = try GoldenFile("stream.safetensors", in: .module)
    let tolerance = bound(single: single, double: 1e-7)
    let tape = Tape(.training)
    let variables = try inputs.map { tape.variable(try golden("\(name).\($0)")) }
    let output = operation(tape, variables)
    #expect(relativeError(output, to: try golden("\(name).output")) <= tolerance, "\(name)")
    tape.backward(from: output, gradient: try golden("\(name).outputGradient"))
    for (input, variable) in zip(inputs, variables) {
      let gradient = try #require(tape.gradient(of: variable))
      let error = relativeError(gradient, to: try golden("\(name).\(input)Gradient"))
      #expect(error <= tolerance, "\(name).\(input)Gradient")
    }
  }

  @Test func crmsNormAgainstPyTorch() throws {
    for (name, epsilon) in [("crmsNorm", 1e-6), ("crmsNormOne", 0.5)] {
      try check(name, ["input", "weight"]) { $0.crmsNorm($1[0], weight: $1[1], epsilon: Scalar(epsilon)) }
    }
    for (name, single) in [("crmsNormBare", 1e-6), ("crmsNormConstant", 1e-6), ("crmsNormFar", 1e-5)] {
      try check(name, ["input"], single: single) { $0.crmsNorm($1[0], weight: nil, epsilon: 1e-6) }
    }
  }

  @Test func formsAndAffineMapsAgainstPyTorch() throws {
    try check("expanded", ["input"]) { $0.expanded($1[0]) }
    try check("compressed", ["input"]) { $0.compressed($1[0]) }
    try check("affine", ["input", "weight", "bias"]) {
      $0.affineChannels($1[0], weight: $1[1], bias: $1[2])
    }
    try check("affineCentred", ["input", "weight", "bias"]) {
      $0.affineChannels($1[0], weight: $1[1], bias: $1[2], centers: true)
    }
  }

  /// What defines CRMSNorm: LayerNorm, and RMSNorm, of the whole vector.
  @Test(arguments: [1, 2, 13, 32, 191])
  func crmsNormIsTheNormOfTheWholeVector(width: Int) {
    let x = Tensor.random([6, width], seed: 1, scale: 2)
    let whole = tape.expanded(x)
    let wanted = tape.layerNorm(whole, weight: nil, bias: nil, epsilon: 1e-6)
    let normed = tape.crmsNorm(x, weight: nil, epsilon: 1e-6)
    let tolerance = bound(single: 2e-6, double: 1e-14)
    #expect(relativeError(tape.compressed(wanted), to: normed) <= tolerance)
    #expect(
      relativeError(tape.expanded(normed), to: tape.rmsNorm(whole, weight: nil, epsilon: 1e-6)) <= tolerance)
  }

  @Test func crmsNormIgnoresScale() {
    let x = Tensor.random([4, 33], seed: 1, scale: 2)
    let scaled = Tensor(shape: x.shape, values: x.values.map { 3 * $0 })
    #expect(
      relativeError(
        tape.crmsNorm(scaled, weight: nil, epsilon: 1e-6), to: tape.crmsNorm(x, weight: nil, epsilon: 1e-6))
        <= 1e-6)
  }

  @Test func compressingAnExpandedRowGivesItBack() {
    let x = Tensor.random([5, 21], seed: 1)
    #expect(relativeError(tape.compressed(tape.expanded(x)), to: x) <= bound(single: 1e-6, double: 1e-14))
    let sums = tape.expanded(x).values.chunked(22).map { $0.reduce(0) { $0 + Double($1) } }
    #expect(largestMagnitude(sums) <= bound(single: 1e-5, double: 1e-13))
  }

  @Test func affineMapsDoNotCoupleRows() {
    let x = Tensor.random([3, 20], seed: 1)
    let factors = Tensor(shape: [3], values: [1, 2, 0.5])
    let plain = tape.affineChannels(x, weight: nil, bias: nil, centers: true).values
    let scaled = tape.affineChannels(x, weight: nil, bias: nil, centers: true, rowFactors: factors).values
    for index in plain.indices { #expect(scaled[index] == plain[index] * [1, 2, 0.5][index / 20]) }
  }
}
