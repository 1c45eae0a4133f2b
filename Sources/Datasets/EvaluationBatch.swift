import Tensors

/// Some images of a set in their order, as evaluation sees them.
public struct EvaluationBatch: Sendable {
  /// The number of each image in the set, ascending; bad images are missing.
  public let indices: [Int]
  /// The class of each image; nil for one without.
  public let labels: [Int?]
  /// The normalised patches [B, L, P·P·C].
  public let patches: Tensor
  /// The views' values / 255, [B, height·width·channels], when they were asked for.
  public let pixels: Tensor?
}
