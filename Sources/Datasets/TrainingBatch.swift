import Tensors

/// One step's images, ready for the model.
public struct TrainingBatch: Sendable {
  /// The step it belongs to.
  public let step: Int
  /// The epoch, and the number of each image in the data set.
  public let identity: SampleIdentity
  /// The views of each image, in the order of the loader's pipelines: normalised patches [B, L, P·P·C], L by the size of
  /// the view.
  public let views: [Tensor]

  /// The first view.
  public var patches: Tensor { views[0] }
}
