import Platform
import Tensors

extension Tensor {
  /// Normal values of the given deviation and mean; the same seed and shape give the same tensor.
  public static func random(
    _ shape: [Int], seed: UInt64 = 0, scale: Double = 1, shift: Double = 0
  ) -> Tensor {
    var random = RandomStream(seed: seed, purpose: .synthetic, name: "\(shape)")
    return Tensor(
      shape: shape,
      values: (0..<shape.reduce(1, *)).map { _ in Scalar(shift + scale * random.normal()) })
  }
}
