import Tensors

/// One step's images, ready for the model.
public struct TrainingBatch: Sendable {
  /// The step it belongs to.
  public let step: Int
  /// The epoch, and the number of each image in the data set.
  public let identity: SampleIdentity
  /// The normalised patches [B, L, P·P·C].
  public let patches: Tensor
}
