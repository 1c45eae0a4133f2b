import Foundation
import Tensors
import TestSupport
import Testing

/// What the norms of one token promise in corners that goldens do not reach.
@Suite("Norms of one token")
struct TokenNormTests {
  /// A gradient is the same whether or not somebody wants the others.
  @Test func gradientsDoNotDependOnWhatElseIsWanted() throws {
    for example in GradientCase.tokenNorms {
      func gradients(wanted: Set<Int>) -> [[Scalar]?] {
        let tape = Tape(.training)
        let inputs = example.inputs.enumerated().map { wanted.contains($0) ? tape.variable($1) : $1 }
        let output = example.run(tape, inputs)
        tape.backward(from: output, gradient: .random(output.shape, seed: 5))
        return inputs.map { tape.gradient(of: $0)?.values }
      }
      let all = gradients(wanted: Set(example.inputs.indices))
      for index in example.inputs.indices {
        let alone = try #require(gradients(wanted: [index])[index], "\(example)")
        let wanted = try #require(all[index])
        #expect(
          relativeError(alone, to: wanted) <= bound(single: 1e-6, double: 1e-14), "\(example), \(index)")
      }
    }
  }

  /// Inside of the range, and where the gradient leads back into it, it is the derivative; else it turns its sign.
  @Test(
    arguments: [(-2, 1, -1), (-2, -1, -1), (-1.4, 1, 1), (-1.4, -1, -1), (1.4, 1, 1), (2, 1, 1), (2, -1, 1)]
      as [(Scalar, Scalar, Scalar)])
  func biasNormKeepsItsScaleInRange(logScale: Scalar, upstream: Scalar, sign: Scalar) throws {
    func gradient(_ mode: PassContext.Mode) throws -> Scalar {
      let tape = Tape(PassContext(mode), recordsGradients: true)
      let s = tape.variable(Tensor(shape: [1], repeating: logScale))
      // Positive entries: the derivative has the sign of what comes from above.
      let y = tape.biasNorm(
        Tensor(shape: [2, 3], repeating: 2), bias: Tensor(shape: [3], repeating: 1), logScale: s,
        keeping: -1.5...1.5)
      tape.backward(from: y, gradient: Tensor(shape: [2, 3], repeating: upstream))
      return try #require(tape.gradient(of: s)).scalar
    }
    let magnitude = 6 * 2 * exp(logScale)
    #expect(abs(try gradient(.training) - sign * magnitude) <= 1e-5 * magnitude)
    #expect(abs(try gradient(.evaluating) - upstream * magnitude) <= 1e-5 * magnitude)
  }

  /// The single-precision tanh against the C library's in double precision: a few roundings of 6e-8, those of the
  /// derivative 1 − tanh² absolute.
  @Test func tanhAndItsDerivativeErrByRoundings() throws {
    let points = (-160_000...160_000).map { Scalar($0) / 10_000 } + [1e-20, -1e-7, 39, 45, -60]
    let tape = Tape(.training)
    let x = tape.variable(Tensor(shape: [points.count], values: points))
    let y = tape.dynamicTanh(x, alpha: Tensor(shape: [1], repeating: 1), weight: nil, bias: nil)
    tape.backward(from: y, gradient: Tensor(shape: [points.count], repeating: 1))
    let (values, gradient) = (y.values, try #require(tape.gradient(of: x)).values)
    var (worst, worstDerivative) = (0.0, 0.0)
    for (index, point) in points.enumerated() {
      let (value, slope) = (tanh(Double(point)), pow(cosh(Double(point)), -2))
      let error = Double(values[index]) - value
      worst = largestMagnitude([worst, value == 0 ? error : error / value])
      worstDerivative = largestMagnitude([worstDerivative, Double(gradient[index]) - slope])
    }
    #expect(worst <= bound(single: 5e-7, double: 1e-15))
    // 1 − tanh² takes twice the value's error.
    #expect(worstDerivative <= bound(single: 1e-6, double: 1e-15))
    #expect(values.allSatisfy { abs($0) <= 1 } && gradient.allSatisfy { $0 >= 0 })
  }

  @Test func tanhMeetsNonFiniteAndSignedZero() {
    let x = Tensor(shape: [6], values: [.infinity, -.infinity, .nan, -0.0, 1e30, -1e30])
    let y = Tape(.evaluating).dynamicTanh(
      x, alpha: Tensor(shape: [1], repeating: 1), weight: nil, bias: nil
    ).values
    #expect(y[0] == 1 && y[1] == -1 && y[2].isNaN && y[3] == 0 && y[4] == 1 && y[5] == -1)
  }
}
