import Tensors
import TestSupport

extension GradientCase {
  /// Norms beside LayerNorm and RMSNorm, each alone and with x read by another operation too: far from 0 only alone, since
  /// the sum has no digits left for the norm, and of rows of one entry only so, since some norms' own gradient is 0.
  static let tokenNorms: [GradientCase] = {
    var cases: [GradientCase] = []
    func add(
      _ operation: String, _ variant: String, _ inputs: [Tensor], step: Double = 1e-3,
      _ run: @escaping @Sendable (Tape, [Tensor]) -> Tensor
    ) {
      if inputs[0].width > 1 {
        cases.append(
          GradientCase(operation: operation, variant: variant, inputs: inputs, step: step, run: run))
      }
      if !variant.contains("far") {
        cases.append(
          GradientCase(operation: operation, variant: "\(variant), a residual", inputs: inputs, step: step) {
            $0.scaledResidual(run($0, $1), $1[0], layerScale: nil)
          })
      }
    }
    func addAll(_ variant: String, _ x: Tensor, step: Double = 1e-3) {
      let weight = Tensor.random([x.width], seed: 2, scale: 0.5, shift: 1)
      let bias = Tensor.random([x.width], seed: 3, scale: 0.3)
      let number = Tensor.random([1], seed: 4, scale: 0.3, shift: 0.7)
      for leading in Set([1, (x.width + 2) / 3, x.width]) {
        add("rmsNorm", "\(variant), first \(leading)", [x, weight, bias], step: step) {
          $0.rmsNorm($1[0], weight: $1[1], bias: $1[2], epsilon: 1e-6, leading: leading)
        }
      }
      add("singleScaleRMSNorm", variant, [x, number], step: step) {
        $0.singleScaleRMSNorm($1[0], scale: $1[1], epsilon: 1e-6)
      }
      add("biasNorm", variant, [x, bias, number]) {
        $0.biasNorm($1[0], bias: $1[1], logScale: $1[2], keeping: -1.5...1.5)
      }
      add("dynamicTanh", "\(variant), bare", [x, number]) {
        $0.dynamicTanh($1[0], alpha: $1[1], weight: nil, bias: nil)
      }
      add("dynamicTanh", "\(variant), γ", [x, number, weight]) {
        $0.dynamicTanh($1[0], alpha: $1[1], weight: $1[2], bias: nil)
      }
      add("dynamicTanh", "\(variant), γ, β", [x, number, weight, bias]) {
        $0.dynamicTanh($1[0], alpha: $1[1], weight: $1[2], bias: $1[3])
      }
      // Rows on either side of ε, where the function has a kink.
      for epsilon in [1e-5, 1e6] as [Scalar] where epsilon > 1 || variant != "zero rows" {
        add("scaleNorm", "\(variant), ε \(epsilon)", [x, number]) {
          $0.scaleNorm($1[0], scale: $1[1], epsilon: epsilon)
        }
        add("fixNorm", "\(variant), ε \(epsilon)", [x]) { $0.fixNorm($1[0], epsilon: epsilon) }
      }
    }
    // First entries about 3, so that no root mean square is near 0.
    addAll("one row", .random([1, 13], seed: 1, shift: 3))
    addAll("odd width", .random([2, 3, 33], seed: 1, scale: 0.5, shift: -3))
    addAll("whole vectors", .random([5, 32], seed: 1, scale: 0.5, shift: 3))
    addAll("one wide", .random([3, 1], seed: 1, scale: 0.3, shift: 2))
    addAll("far offset", .random([3, 17], seed: 1, shift: 1e4))
    addAll("constant rows", Tensor(shape: [2, 13], repeating: 3))
    // What is left is ε = 1e-6, so that roots bend within 1e-3.
    addAll("zero rows", Tensor(shape: [2, 17]), step: 1e-5)
    return cases
  }()
}
