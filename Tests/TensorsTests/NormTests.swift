import Tensors
import TestSupport
import Testing

/// What LayerNorm and RMSNorm promise whatever the input.
@Suite("Norms of rows")
struct NormTests {
  private let tape = Tape(.training)
  private let x = Tensor.random([4, 33], seed: 1, scale: 2)

  private func layerNorm(_ x: Tensor) -> Tensor { tape.layerNorm(x, weight: nil, bias: nil, epsilon: 1e-6) }
  private func rmsNorm(_ x: Tensor) -> Tensor { tape.rmsNorm(x, weight: nil, epsilon: 1e-6) }

  private func map(_ x: Tensor, _ change: (Scalar) -> Scalar) -> Tensor {
    Tensor(shape: x.shape, values: x.values.map(change))
  }

  @Test func layerNormIgnoresScaleAndShift() {
    #expect(relativeError(layerNorm(map(x) { 3 * $0 + 5 }), to: layerNorm(x)) <= 2e-6)
  }

  @Test func rmsNormIgnoresScale() {
    #expect(relativeError(rmsNorm(map(x) { 3 * $0 }), to: rmsNorm(x)) <= 1e-6)
  }

  /// Values about 1e4 are 1e-3 apart in Float, and so is their mean: that is all that may be lost.
  @Test func aFarOffsetCostsOnlyTheInputsDigits() {
    let far = map(x) { $0 + 1e4 }
    let wanted = far.values.chunked(33).flatMap { row -> [Double] in
      let values = row.map { Double($0) }
      let mean = values.reduce(0, +) / 33
      let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 33
      return values.map { ($0 - mean) / (variance + 1e-6).squareRoot() }
    }
    #expect(
      relativeError(layerNorm(far).values.map { Double($0) }, wanted)
        <= bound(single: 1e-3, double: 1e-11))
  }

  @Test func aConstantRowBecomesZero() {
    let constant = Tensor(shape: [2, 17], repeating: 0.1)
    #expect(largestMagnitude(layerNorm(constant).values.map { Double($0) }) <= 1e-4)
    #expect(layerNorm(Tensor(shape: [2, 17])).values.allSatisfy { $0 == 0 })
    #expect(rmsNorm(Tensor(shape: [2, 17])).values.allSatisfy { $0 == 0 })
  }

  @Test func theInputGradientOfLayerNormSumsToZero() throws {
    let variable = tape.variable(x)
    let output = layerNorm(variable)
    tape.backward(from: output, gradient: Tensor.random(x.shape, seed: 4))
    let gradient = try #require(tape.gradient(of: variable))
    let sums = gradient.values.chunked(33).map { $0.reduce(0) { $0 + Double($1) } }
    let scale = largestMagnitude(gradient.values.map { Double($0) })
    #expect(largestMagnitude(sums) <= 1e-6 * 33 * scale)
  }

  @Test func nonFiniteRowsStayVisible() {
    for bad in [Scalar.nan, .infinity] {
      var values = x.values
      values[40] = bad
      let output = layerNorm(Tensor(shape: x.shape, values: values)).values.chunked(33)
      #expect(output[1].contains { !$0.isFinite })
      #expect(output[0].allSatisfy(\.isFinite) && output[2].allSatisfy(\.isFinite))
    }
  }
}

extension Array {
  /// The elements in rows of `width`.
  func chunked(_ width: Int) -> [[Element]] {
    stride(from: 0, to: count, by: width).map { Array(self[$0..<Swift.min($0 + width, count)]) }
  }
}
