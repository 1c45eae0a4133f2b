import Tensors
import TestSupport

extension GradientCase {
  /// Norms and forms of a stream whose channels sum to 0.
  static let streams: [GradientCase] = {
    var cases: [GradientCase] = []
    func add(
      _ operation: String, _ variant: String, _ inputs: [Tensor], step: Double = 1e-3,
      _ run: @escaping @Sendable (Tape, [Tensor]) -> Tensor
    ) {
      cases += [
        GradientCase(operation: operation, variant: variant, inputs: inputs, step: step, run: run),
        // A second reader, before and after: gradients are added to what is there.
        GradientCase(
          operation: operation, variant: "\(variant), three readers", inputs: inputs, step: step
        ) { tape, v in
          let first = run(tape, v)
          let again = tape.scaledResidual(first, run(tape, v), layerScale: nil)
          return tape.scaledResidual(again, tape.scaled(run(tape, v), by: 0.5), layerScale: nil)
        },
      ]
    }
    for (name, x, step) in [
      ("odd width", Tensor.random([2, 3, 33], seed: 1, scale: 2, shift: 0.3), 1e-3),
      ("one row", .random([1, 13], seed: 1), 1e-3), ("whole vectors", .random([5, 32], seed: 1), 1e-3),
      ("one wide", .random([3, 1], seed: 1), 1e-3), ("zero rows", Tensor(shape: [2, 17]), 1e-5),
    ] {
      let weight = Tensor.random([x.width], seed: 2, scale: 0.5, shift: 1)
      let bias = Tensor.random([x.width], seed: 3)
      let factors = Tensor.random([x.rows], seed: 4, shift: 1)
      add("crmsNorm", "\(name), bare", [x], step: step) { $0.crmsNorm($1[0], weight: nil, epsilon: 1e-6) }
      add("crmsNorm", "\(name), γ", [x, weight], step: step) {
        $0.crmsNorm($1[0], weight: $1[1], epsilon: 1e-6)
      }
      add("expanded", name, [x]) { $0.expanded($1[0]) }
      add("affineChannels", "\(name), γ, β", [x, weight, bias]) {
        $0.affineChannels($1[0], weight: $1[1], bias: $1[2])
      }
      // What is centred of one channel is 0, and so is its gradient.
      guard x.width > 1 else { continue }
      add("compressed", name, [x]) { $0.compressed($1[0]) }
      add("affineChannels", "\(name), centred", [x]) {
        $0.affineChannels($1[0], weight: nil, bias: nil, centers: true)
      }
      add("affineChannels", "\(name), centred, γ, β, f", [x, weight, bias]) {
        $0.affineChannels($1[0], weight: $1[1], bias: $1[2], centers: true, rowFactors: factors)
      }
    }
    return cases
  }()
}
