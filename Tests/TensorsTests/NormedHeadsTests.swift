import Tensors
import TestSupport
import Testing

@Suite("Norms of heads where they lie")
struct NormedHeadsTests {
  /// The same bits as norms of copies, forth and back.
  @Test(arguments: [[true, true, false], [true, false, true], [false, false, true], [true, true, true]])
  func areNormsOfCopies(isNormed: [Bool]) throws {
    let qkv = Tensor.random([3, 5, 3 * 40], seed: 1, scale: 2, shift: 1)
    let gains = (0..<3).map { Tensor.random([20], seed: UInt64(10 + $0), shift: 1) }
    let shifts = (0..<3).map { Tensor.random([20], seed: UInt64(20 + $0)) }

    func results(_ run: (Tape, Tensor, [Tensor], [Tensor]) -> Tensor) throws -> [[Scalar]] {
      let tape = Tape(.training)
      let input = tape.variable(qkv)
      let (weights, biases) = (gains.map { tape.variable($0) }, shifts.map { tape.variable($0) })
      let output = run(tape, input, weights, biases)
      tape.backward(from: output, gradient: .random(output.shape, seed: 5))
      let wanted = [input] + zip(isNormed + isNormed, weights + biases).filter(\.0).map(\.1)
      return try [output.values] + wanted.map { try #require(tape.gradient(of: $0)).values }
    }
    let fused = try results { tape, input, weights, biases in
      let norms = (0..<3).map { part in
        isNormed[part]
          ? RowNorm(weight: weights[part], bias: biases[part], epsilon: 1e-6, centers: part != 1) : nil
      }
      return tape.normedHeads(input, headCount: 2, norms)
    }
    let copied = try results { tape, input, weights, biases in
      let parts = tape.splitHeads(input, headCount: 2).enumerated().map { part, tensor in
        guard isNormed[part] else { return tensor }
        let (weight, bias) = (weights[part], biases[part])
        return part == 1
          ? tape.rmsNorm(tensor, weight: weight, bias: bias, epsilon: 1e-6)
          : tape.layerNorm(tensor, weight: weight, bias: bias, epsilon: 1e-6)
      }
      return tape.joinHeads(parts)
    }
    #expect(fused == copied)
  }
}
