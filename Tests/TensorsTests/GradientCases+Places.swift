import Tensors
import TestSupport

extension GradientCase {
  /// Turns by place, and channels in another order.
  static let places: [GradientCase] = {
    let table = RotaryTable(rows: 2, columns: 3, headWidth: 4, base: 10)
    let wide = RotaryTable(rows: 3, columns: 2, headWidth: 12, base: 100)
    let pixels = Tensor.random([2, 3, 12], seed: 3)
    func rotated(_ variant: String, _ shape: [Int], _ rotation: Rotation) -> GradientCase {
      GradientCase(operation: "rotated", variant: variant, inputs: [.random(shape, seed: 1)]) {
        $0.rotated($1[0], by: rotation)
      }
    }
    return [
      rotated("all places", [2, 6, 24], Rotation(table, prefixCount: 0, patchIndices: nil)),
      rotated("prefix", [1, 8, 12], Rotation(table, prefixCount: 2, patchIndices: nil)),
      rotated("some places", [2, 4, 36], Rotation(wide, prefixCount: 1, patchIndices: [5, 0, 2, 3, 3, 1])),
      rotated("prefix alone", [2, 1, 36], Rotation(wide, prefixCount: 1, patchIndices: [])),
      GradientCase(operation: "rotated", variant: "then attention", inputs: [.random([2, 6, 24], seed: 2)]) {
        let rotation = Rotation(table, prefixCount: 0, patchIndices: nil)
        return $0.attention($0.rotated($1[0], by: rotation), headCount: 2)
      },
      GradientCase(operation: "rotated", variant: "two readers", inputs: [.random([1, 6, 12], seed: 2)]) {
        let turned = $0.rotated($1[0], by: Rotation(table, prefixCount: 0, patchIndices: nil))
        return $0.scaledResidual(turned, $1[0], layerScale: nil)
      },
      GradientCase(operation: "reordered", variant: "each once", inputs: [pixels]) {
        $0.reordered($1[0], runs: [2, 0, 3, 1], of: 3)
      },
      GradientCase(operation: "reordered", variant: "some, repeated", inputs: [pixels]) {
        $0.reordered($1[0], runs: [4, 4, 0, 5, 4], of: 2)
      },
      GradientCase(operation: "reordered", variant: "two readers", inputs: [pixels]) {
        $0.scaledResidual($0.reordered($1[0], runs: [1, 0], of: 6), $1[0], layerScale: nil)
      },
    ]
  }()
}
