import Tensors
import TestSupport

extension GradientCase {
  /// Tensors with several readers: gradients are added to, shared between slots, and copied before they are written.
  static let chains: [GradientCase] = {
    let x = Tensor.random([2, 5, 12], seed: 1)
    let square = Tensor.random([12, 12], seed: 2, scale: 0.3)
    let other = Tensor.random([12, 12], seed: 3, scale: 0.3)
    let projection = Tensor.random([36, 12], seed: 4, scale: 0.3)
    let gain = Tensor.random([12], seed: 5, scale: 0.3, shift: 1)
    let bias = Tensor.random([12], seed: 6)
    func chain(_ variant: String, _ inputs: [Tensor], _ run: @escaping @Sendable (Tape, [Tensor]) -> Tensor)
      -> GradientCase
    {
      GradientCase(operation: "chain", variant: variant, inputs: inputs, run: run)
    }
    return [
      chain("x + f(layerNorm x)", [x, gain, bias, square]) { tape, v in
        let normed = tape.layerNorm(v[0], weight: v[1], bias: v[2], epsilon: 1e-6)
        return tape.linear(normed, weight: v[3], addingTo: v[0])
      },
      chain("two sublayers", [x, gain, projection, square, other, bias]) { tape, v in
        let first = tape.rmsNorm(v[0], weight: v[1], epsilon: 1e-6)
        let mixed = tape.attention(tape.linear(first, weight: v[2]), headCount: 3)
        let middle = tape.linear(mixed, weight: v[3], addingTo: v[0])
        let second = tape.layerNorm(middle, weight: v[1], bias: nil, epsilon: 1e-6)
        return tape.mlp(
          second, hiddenWeight: v[4], hiddenBias: v[5], outputWeight: v[3], outputBias: v[5], addingTo: middle
        )
      },
      chain("post-norm", [x, square, gain]) { tape, v in
        let sum = tape.linear(v[0], weight: v[1], addingTo: v[0])
        let normed = tape.layerNorm(sum, weight: v[2], bias: nil, epsilon: 1e-6)
        let next = tape.linear(normed, weight: v[1], addingTo: normed)
        return tape.rmsNorm(next, weight: v[2], epsilon: 1e-6)
      },
      chain("one residual, two sums", [x, square, other]) { tape, v in
        let a = tape.linear(v[0], weight: v[1], addingTo: v[0])
        let b = tape.linear(v[0], weight: v[2], addingTo: v[0])
        return tape.scaledResidual(a, b, layerScale: nil)
      },
      chain("a sum of itself", [x, square]) { tape, v in
        let a = tape.linear(v[0], weight: v[1], addingTo: v[0])
        return tape.scaledResidual(a, a, layerScale: nil)
      },
      chain("residual read again later", [x, square, other, gain]) { tape, v in
        let a = tape.linear(v[0], weight: v[1])
        let b = tape.linear(a, weight: v[2], addingTo: a)
        let c = tape.linear(tape.rmsNorm(b, weight: v[3], epsilon: 1e-6), weight: v[1], addingTo: b)
        return tape.linear(c, weight: v[2], addingTo: a)
      },
      chain("LayerScale", [x, gain, square, bias]) { tape, v in
        let branch = tape.linear(tape.rmsNorm(v[0], weight: v[1], epsilon: 1e-6), weight: v[2])
        let sum = tape.scaledResidual(v[0], branch, layerScale: v[3], sampleScale: [2, 0])
        return tape.layerNorm(sum, weight: v[1], bias: v[3], epsilon: 1e-6)
      },
      chain("gathers of one tensor, under two shapes", [x, square]) { tape, v in
        let some = tape.gather(v[0], indices: [0, 0, 3, 1])
        let flat = v[0].reshaped([1, 10, 12])
        let others = tape.gather(flat, indices: [9, 2, 9, 4]).reshaped([2, 2, 12])
        let pooled = tape.meanTokens(v[0], 1..<4)
        let sum = tape.scaledResidual(some, tape.linear(others, weight: v[1]), layerScale: nil)
        return tape.linear(pooled, weight: v[1], addingTo: tape.meanTokens(sum, 0..<2))
      },
      chain("masked autoencoder's tokens", [x, bias.reshaped([1, 1, 12]), .random([1, 6, 12], seed: 7)]) {
        tape, v in
        let visible = tape.gather(v[0], indices: [4, 1, 0, 3])
        let tokens = tape.sequence(
          classToken: v[1], registers: nil, patches: visible, positions: v[2], indices: [4, 1, 0, 3])
        let all = tape.restore(
          tokens, maskToken: v[1], positions: v[2], indices: [4, 1, 0, 3], hasClassToken: true,
          registerCount: 0)
        return tape.meanSquaredError(all, target: Tensor(shape: [2, 6, 12], repeating: 0.3))
      },
    ]
  }()
}
