#if DoublePrecision
  import CVectorKernelsDouble
#else
  import CVectorKernels
#endif
import Foundation
import Tensors
import TestSupport
import Testing

/// GELU and its derivative against x·Φ(x) and Φ(x) + x·φ(x) in double precision.
@Suite("GELU kernel")
struct GELUKernelTests {
  private func gelu(_ x: [Scalar], _ bias: [Scalar]) -> [Scalar] {
    var y = [Scalar](repeating: .nan, count: x.count)
    vk_gelu(x, bias, &y, x.count / bias.count, bias.count)
    return y
  }

  private func backward(_ x: [Scalar], _ bias: [Scalar], _ upstream: [Scalar]) -> (
    gradient: [Scalar], value: [Scalar]
  ) {
    var gradient = [Scalar](repeating: .nan, count: x.count)
    var value = gradient
    vk_gelu_backward(x, bias, upstream, &gradient, &value, nil, x.count / bias.count, bias.count)
    return (gradient, value)
  }

  private func cumulative(_ x: Double) -> Double { 0.5 * erfc(-x / 2.0.squareRoot()) }
  private func density(_ x: Double) -> Double { exp(-x * x / 2) / (2 * Double.pi).squareRoot() }

  /// In Float the tail's polynomial errs by 3e-8 and the rest by a rounding or two of 6e-8, all of it absolute
  /// near 0 and relative to x beyond 1.
  @Test func errsByLittleFromMinusToPlusFifteen() {
    let x = (-150_000...150_000).map { Scalar($0) / 10_000 }
    let zero = [Scalar](repeating: 0, count: x.count)
    let one = [Scalar](repeating: 1, count: x.count)
    let value = gelu(x, zero)
    let derivative = backward(x, zero, one).gradient
    var (worstValue, worstDerivative) = (0.0, 0.0)
    for index in x.indices {
      let point = Double(x[index])
      let (phi, pdf) = (cumulative(point), density(point))
      worstValue = largestMagnitude([
        worstValue, (Double(value[index]) - point * phi) / max(1, abs(point)),
      ])
      worstDerivative = largestMagnitude([worstDerivative, Double(derivative[index]) - (phi + point * pdf)])
    }
    #expect(worstValue <= bound(single: 1.5e-7, double: 1e-15))
    #expect(worstDerivative <= bound(single: 2.5e-7, double: 1e-15))
  }

  /// The lower tail keeps its digits: at −5 GELU is −1.4e-6 and still right to five figures.
  @Test func keepsDigitsInTheLowerTail() {
    let x = (1...100).map { -Scalar($0) / 10 }
    let value = gelu(x, [Scalar](repeating: 0, count: x.count))
    for (point, y) in zip(x.map { Double($0) }, value) {
      let wanted = point * cumulative(point)
      // The exponent x²/2, up to 50, is rounded to 6e-8 of itself before exp.
      #expect(abs(Double(y) - wanted) <= abs(wanted) * (3e-7 + 6e-8 * point * point), "\(point)")
    }
  }

  @Test func meetsNonFiniteAndSignedZero() {
    let x: [Scalar] = [.infinity, -.infinity, .nan, -0.0, 0, 1e30, -1e30]
    let zero = [Scalar](repeating: 0, count: x.count)
    let y = gelu(x, zero)
    #expect(y[0] == .infinity)
    #expect(y[1].isNaN)  // −∞·0, as in PyTorch: a diverged activation stays visible
    #expect(y[2].isNaN)
    #expect(y[3] == 0 && y[4] == 0)
    #expect(y[5] == 1e30 && y[6] == 0)
    let derivative = backward(x, zero, [Scalar](repeating: 1, count: x.count)).gradient
    #expect(!derivative[0].isFinite && !derivative[1].isFinite && derivative[2].isNaN)
    #expect(derivative[3] == 0.5 && derivative[4] == 0.5)
    #expect(derivative[5] == 1 && derivative[6] == 0)
  }

  /// The bias belongs to its column, in the vectorised part and in the rest of a row.
  @Test(arguments: [1, 7, 16, 17, 40])
  func addsTheBiasOfTheColumn(columns: Int) {
    let x = Tensor.random([3, columns], seed: 1).values
    let bias = Tensor.random([columns], seed: 2).values
    let upstream = Tensor.random([3, columns], seed: 3).values
    let summed = x.indices.map { x[$0] + bias[$0 % columns] }
    let none = [Scalar](repeating: 0, count: columns)
    #expect(gelu(x, bias) == gelu(summed, none))
    let (biased, plain) = (backward(x, bias, upstream), backward(summed, none, upstream))
    #expect(biased.gradient == plain.gradient && biased.value == plain.value)
    #expect(relativeError(biased.value, to: gelu(x, bias)) <= 1e-7)
  }

  @Test func mayWriteOverItsUpstream() {
    let x = Tensor.random([5, 33], seed: 1).values
    let bias = Tensor.random([33], seed: 2).values
    let upstream = Tensor.random([5, 33], seed: 3).values
    let wanted = backward(x, bias, upstream)
    var (gradient, alone) = (upstream, upstream)
    var value = [Scalar](repeating: .nan, count: x.count)
    gradient.withUnsafeMutableBufferPointer { g in
      vk_gelu_backward(x, bias, g.baseAddress, g.baseAddress, &value, nil, 5, 33)
    }
    alone.withUnsafeMutableBufferPointer { g in
      vk_gelu_backward(x, bias, g.baseAddress, g.baseAddress, nil, nil, 5, 33)
    }
    #expect(gradient == wanted.gradient && value == wanted.value && alone == wanted.gradient)
  }
}
